"""Whom a desk note tells, and the list of mentions."""

import pytest

from portal.outbox.models import OutboxMessage
from registrations.admin.mentions import PAGE
from registrations.models import Mention, ReviewDraft
from registrations.workflow import comments
from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import elements
from tests.support import people
from tests.support.registrations import submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LIST = f"{QUEUE}mentions/"


@pytest.fixture
def second(db):
    return people.reviewer("second@portal.example")


def tell_path(registration):
    return f"{QUEUE}{registration.uuid}/tell/"


def write(desk, registration, *tell, text="Look at the logo.", field="logo"):
    kept = ReviewDraft.objects.filter(registration=registration, reviewer=desk.who).first()
    box = f"desk_note-{field or 'whole'}"
    form = {"seen_version": 1, "field": field, "draft": kept.version if kept else 0, "only": box, box: text}
    return desk.post(tell_path(registration), form | {"tell": [str(one) for one in tell]})


def boxes(page):
    return [one for one in elements(page) if one.get("name") == "tell"]


def press(desk, registration, text="Look at the logo."):
    """Press the button beside a desk note that somebody has begun on the review page."""
    typed = {"draft": 0, "seen_version": 1, "desk_note-logo": text, "to_partner-scope": "Why both?"}
    return desk.post(tell_path(registration), {**typed, "tell_of": "logo"})


def test_a_reviewer_tells_colleagues_of_a_note(desk, waiting, second):
    watching = people.auditor()
    page = press(desk, waiting).text
    assert "Look at the logo.</textarea>" in page
    assert {box.get("value") for box in boxes(page)} == {str(second.pseudonym), str(watching.pseudonym)}
    answer = write(desk, waiting, second.pseudonym, watching.pseudonym)
    assert answer["Location"] == f"{review_path(waiting)}#comments-logo"
    assert set(Mention.objects.values_list("person", flat=True)) == {second.pk, watching.pk}
    page = " ".join(desk.get(review_path(waiting)).text.split())
    assert "tells auditor@portal.example, second@portal.example" in page
    assert "Why both?</textarea>" in page
    assert "Look at the logo.</textarea>" not in page


def test_a_note_that_tells_nobody_yet_is_kept(desk, waiting):
    press(desk, waiting)
    assert "Look at the logo.</textarea>" in desk.get(review_path(waiting)).text
    assert not waiting.desk_notes.exists()


@pytest.mark.parametrize(("text", "named"), [(" ", "id_desk_note-logo"), ("Look.", "id_tell")])
def test_what_is_missing_is_said_beside_it_and_the_rest_stays(desk, waiting, second, text, named):
    chosen = [second.pseudonym] if text == " " else []
    answer = write(desk, waiting, *chosen, text=text)
    assert answer.status_code == 422
    assert f'href="#{named}"' in answer.text
    assert sum("checked" in box.attrs for box in boxes(answer.text)) == len(chosen)
    assert not Mention.objects.exists()


@pytest.mark.parametrize("listener", ["nonsense", "00000000-0000-0000-0000-000000000000", "partner"])
def test_who_cannot_be_told_is_named_beside_the_note_which_stays(desk, by, waiting, listener):
    answer = write(desk, waiting, by.pseudonym if listener == "partner" else listener)
    assert answer.status_code == 422
    assert 'href="#id_tell"' in answer.text
    assert listener == "nonsense" or "One of the colleagues cannot see the desk." in answer.text
    assert "Look at the logo." in answer.text
    assert not waiting.desk_notes.exists()
    assert not OutboxMessage.objects.filter(kind="mentioned").exists()


def test_who_is_alone_has_nobody_to_tell(desk, waiting):
    page = press(desk, waiting).text
    assert boxes(page) == []
    assert "Nobody else can see the desk." in page


def test_a_mention_is_listed_and_marked_as_seen(desk, waiting, second):
    comments.note(waiting.uuid, by=second, text="Is <this> theirs?", field="logo", tell=[desk.who])
    assert f'href="{LIST}"' in desk.get(QUEUE).text
    page = desk.get(LIST).text
    assert f'href="{review_path(waiting)}#comments-logo"' in page
    assert "Is &lt;this&gt; theirs?" in page
    mention = Mention.objects.get()
    answer = desk.post(LIST, {"mention": str(mention.uuid)})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert "Nobody has mentioned you" in desk.get(LIST).text
    page = desk.get(f"{LIST}?show=seen").text
    assert "Is &lt;this&gt; theirs?" in page
    assert "Mark as seen" not in page


def test_everybody_sees_their_own(desk, waiting, second, lead):
    comments.note(waiting.uuid, by=second, text="For the lead.", tell=[lead])
    assert "For the lead." not in desk.get(LIST).text
    assert desk.post(LIST, {"mention": str(Mention.objects.get().uuid)}).status_code == 404
    assert Mention.objects.get().seen_at is None


@pytest.mark.parametrize("posted", [{}, {"mention": "nonsense"}])
def test_a_post_without_a_mention_leads_back(desk, posted):
    answer = desk.post(LIST, posted)
    assert answer.status_code == 409
    assert f'href="{LIST}"' in answer.text


def test_the_list_is_paged_and_costs_the_same_on_every_page(desk, by, second):
    registration = submitted(by)
    note = comments.note(registration.uuid, by=second, text="Number 0.", tell=[desk.who])
    for number in range(1, PAGE + 5):
        note.pk, note.uuid, note.text = (
            None,
            second._meta.get_field("pseudonym").default(),
            f"Number {number}.",
        )
        note.save(force_insert=True)
        Mention.objects.create(note=note, person=desk.who, made_at=note.written_at)
    with statements() as first:
        page = desk.get(LIST).text
    assert page.count("Mark as seen") == PAGE
    assert f"Number {PAGE + 4}." in page
    after = page.partition("?show=new&amp;after=")[2].partition('"')[0]
    with statements() as further:
        rest = desk.get(f"{LIST}?show=new&after={after}").text
    assert rest.count("Mark as seen") == 5
    assert "Number 0." in rest
    assert len(first) <= 4
    assert len(further) == len(first) + 1


def test_nobody_outside_the_desk_reads_a_mention(client, waiting, by, reviewer, second):
    comments.note(waiting.uuid, by=reviewer, text="Between us.", tell=[second])
    browser = people.sign_in(client, by)
    assert "Between us." not in browser.get(f"/registrations/{waiting.uuid}/").text
    assert browser.get(LIST).status_code == 302
