"""The comments on the review page."""

import pytest
from django.utils import timezone

from registrations.admin.review.comments import CommentForm
from registrations.models import Comment, DeskNote, Thread
from registrations.workflow import comments as commenting
from registrations.workflow import drafting, review
from registrations.workflow.checklist import Ticks, items_of
from tests.desk.commenting import comment, note, write
from tests.desk.pages import NOTE, decide, review_path
from tests.pages.elements import with_attribute
from tests.support.people import auditor, home, reviewer, sign_in
from tests.support.registrations import approved, change, submitted, with_exception
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

ASK = "Which of your <products> is this?"
INTERNAL = "Known from last year."
NEVER = "Desk note – never shown to the partner"


def row_of(page, field):
    (row,) = with_attribute(page.text, "data-shows", field)
    return row.words()


def thread_on(page):
    (thread,) = with_attribute(page.text, "data-thread")
    return thread.words()


def test_a_comment_stands_beside_its_field_and_waits(desk, waiting):
    answer = comment(desk, waiting, ASK)
    assert (answer.status_code, answer["Location"]) == (302, f"{review_path(waiting)}#comments-client_name")
    page = desk.get(review_path(waiting))
    assert ASK in row_of(page, "client_name")
    assert ASK not in row_of(page, "client_uri")
    assert "not sent yet" in thread_on(page)
    assert "&lt;products&gt;" in page.text
    assert with_attribute(page.text, "id", "comments-client_name")
    assert "1 comment is sent with your decision." in page.text


def test_a_sent_one_says_so_and_cannot_be_taken_back(desk, waiting):
    comment(desk, waiting, ASK)
    assert "Take back" in thread_on(desk.get(review_path(waiting)))
    decide(desk, waiting, "request_changes")
    page = desk.get(review_path(waiting))
    assert "sent" in thread_on(page)
    assert "Take back" not in thread_on(page)


def test_about_the_whole(desk, waiting):
    assert comment(desk, waiting, ASK, field="")["Location"].endswith("#comments-whole")
    (whole,) = with_attribute(desk.get(review_path(waiting)).text, "id", "comments-whole")
    assert ASK in whole.words()


def test_a_desk_note_looks_and_reads_unlike_a_comment(desk, waiting):
    comment(desk, waiting, ASK)
    note(desk, waiting, INTERNAL)
    (kept,) = with_attribute(desk.get(review_path(waiting)).text, "data-note")
    assert kept.words().startswith(NEVER)
    assert INTERNAL in kept.words()
    assert "desk-internal" in kept.get("class")
    assert NEVER not in thread_on(desk.get(review_path(waiting)))
    assert (Comment.objects.get().text, DeskNote.objects.get().text) == (ASK, INTERNAL)


def test_neither_form_takes_the_text_of_the_other(desk, waiting):
    assert write(desk, waiting, "comment", desk_note=INTERNAL).status_code == 422
    assert write(desk, waiting, "note", to_partner=ASK).status_code == 422
    assert not Comment.objects.exists()
    assert not DeskNote.objects.exists()


def test_reply_resolve_reopen_and_take_back(desk, waiting):
    comment(desk, waiting, ASK)
    thread = Thread.objects.get()
    about = {"field": "client_name", "thread": thread.uuid}
    write(desk, waiting, "reply", to_partner="And since when?", **about)
    assert thread.comments.count() == 2
    write(desk, waiting, "take_back", comment=thread.comments.last().uuid)
    assert thread.comments.get().text == ASK
    write(desk, waiting, "resolve", **about)
    (folded,) = with_attribute(desk.get(review_path(waiting)).text, "data-thread")
    assert folded.tag == "details"
    assert "Resolved by" in folded.words()
    write(desk, waiting, "reopen", **about)
    thread.refresh_from_db()
    assert thread.resolved_at is None


def test_a_colleagues_comment_cannot_be_taken_back(client, desk, by, waiting):
    comment(desk, waiting, ASK)
    other = sign_in(client, reviewer("other@portal.example"))
    assert "Take back" not in thread_on(other.get(review_path(waiting)))
    answer = write(other, waiting, "take_back", comment=Comment.objects.get().uuid)
    assert answer.status_code == 409
    assert Comment.objects.exists()


@pytest.mark.parametrize("act", ["comment", "note"])
@pytest.mark.parametrize("text", ["", "  \r\n", "x" * 4001, "a\x00b"])
def test_what_cannot_be_kept_says_so_beside_its_field(desk, waiting, act, text):
    name = {"comment": "to_partner", "note": "desk_note"}[act]
    answer = write(desk, waiting, act, field="scope", **{name: text})
    assert answer.status_code == 422
    assert f'id="id_{name}_scope_error"' in answer.text
    assert f'href="#id_{name}_scope"' in answer.text
    assert "<title>Error:" in answer.text
    (typed,) = with_attribute(answer.text, "id", f"id_{name}_scope")
    assert typed.text.strip() == text.replace("\x00", "").strip()


@pytest.mark.parametrize(
    "changed",
    [
        {"talk": "shout"},
        {"seen_version": ""},
        {"seen_version": "1\x00"},
        {"field": "moon"},
        {"talk": "reply"},
        {"talk": "reply", "thread": "nonsense"},
        {"talk": "resolve"},
        {"talk": "take_back", "comment": "x" * 5000},
    ],
)
def test_nonsense_changes_nothing(desk, waiting, changed):
    form = {"talk": "comment", "seen_version": 1, "to_partner": ASK, "field": "scope"} | changed
    assert desk.post(review_path(waiting), form).status_code == 409
    assert not Comment.objects.exists()


def test_half_a_character_is_refused_and_can_be_shown():
    form = CommentForm({"talk": "comment", "seen_version": 1, "to_partner": "a\ud800b"})
    assert not form.is_valid()
    assert form.has_only_wrong_text
    assert form.text == "a?b"


def test_a_newer_revision_keeps_what_was_typed(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    change(waiting, by, client_name="Example Client Two")
    drafting.submit(waiting.uuid, by=by)
    answer = comment(desk, waiting, ASK, field="contacts")
    assert answer.status_code == 409
    (typed,) = with_attribute(answer.text, "id", "id_to_partner_contacts")
    assert typed.text.strip() == ASK
    assert with_attribute(answer.text, "data-changed", "client_name")
    assert comment(desk, waiting, ASK, field="contacts", seen_version=2).status_code == 302


def test_a_reply_to_what_was_taken_back_keeps_what_was_typed(desk, waiting):
    comment(desk, waiting, ASK)
    thread = Thread.objects.get()
    commenting.take_back(waiting.uuid, Comment.objects.get().uuid, by=desk.who)
    answer = write(desk, waiting, "reply", thread=thread.uuid, field="client_name", to_partner="More.")
    assert answer.status_code == 409
    (typed,) = with_attribute(answer.text, "id", "id_to_partner_client_name")
    assert typed.text.strip() == "More."


def test_a_reply_to_what_was_resolved_keeps_what_was_typed(desk, waiting):
    comment(desk, waiting, ASK)
    thread = Thread.objects.get()
    commenting.resolve(waiting.uuid, thread.uuid, by=desk.who)
    answer = write(desk, waiting, "reply", thread=thread.uuid, field="client_name", to_partner="More.")
    assert answer.status_code == 409
    (typed,) = with_attribute(answer.text, "id", f"id_reply_{thread.uuid}")
    assert typed.text.strip() == "More."


def test_what_was_withdrawn_keeps_what_was_typed_to_be_copied(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    answer = comment(desk, waiting, ASK)
    assert answer.status_code == 409
    (typed,) = with_attribute(answer.text, "id", "id_to_partner_client_name")
    assert "readonly" in typed.attrs
    assert typed.text.strip() == ASK
    assert not with_attribute(answer.text, "name", "to_partner")


def test_threads_of_another_registration_are_out_of_reach(desk, by, waiting):
    other = submitted(by, client_name="Second Client")
    comment(desk, other, ASK)
    thread = Thread.objects.get()
    for act in ("reply", "resolve"):
        said = {"thread": thread.uuid, "to_partner": "More."}
        assert write(desk, waiting, act, **said).status_code == 409
    assert thread.comments.count() == 1
    assert ASK not in desk.get(review_path(waiting)).text


def test_notes_are_written_in_every_state(desk, by):
    registration = approved(by, desk.who)
    assert note(desk, registration, INTERNAL).status_code == 302
    page = desk.get(review_path(registration))
    assert INTERNAL in page.text
    assert 'name="to_partner-' not in page.text
    assert with_attribute(page.text, "name", "desk_note-whole")


def test_auditors_read_and_do_not_write(client, desk, waiting):
    comment(desk, waiting, ASK)
    note(desk, waiting, INTERNAL)
    page = sign_in(client, auditor()).get(review_path(waiting))
    assert ASK in row_of(page, "client_name")
    assert INTERNAL in page.text
    assert not with_attribute(page.text, "name", "talk")
    for answer in (comment(client, waiting, "x"), note(client, waiting, "x")):
        assert answer.status_code == 403
    assert (Comment.objects.count(), DeskNote.objects.count()) == (1, 1)


def test_nobody_writes_about_their_own_organisation(client, by, waiting):
    own = reviewer()
    home(by).memberships.create(user=own, role="viewer")
    sign_in(client, own)
    assert not with_attribute(client.get(review_path(waiting)).text, "name", "talk")
    for answer in (comment(client, waiting, "x"), note(client, waiting, "x")):
        assert answer.status_code == 403
    assert not Comment.objects.exists()


def test_partners_do_not_get_in(client, by, waiting):
    assert comment(sign_in(client, by), waiting, "x")["Location"].startswith("/admin/login/")
    assert not Comment.objects.exists()


@pytest.mark.parametrize("decision", ["request_changes", "reject"])
def test_a_decision_may_leave_the_words_to_comments(desk, waiting, decision):
    assert decide(desk, waiting, decision, note="").status_code == 422
    comment(desk, waiting, ASK)
    assert decide(desk, waiting, decision, note="").status_code == 302
    assert Comment.objects.get().sent_at == waiting.revisions.get().decided_at


def test_what_was_sent_before_does_not_stand_in_for_a_note(desk, by, waiting):
    comment(desk, waiting, ASK)
    decide(desk, waiting, "request_changes", note="")
    drafting.submit(waiting.uuid, by=by)
    assert decide(desk, waiting, "request_changes", note="", seen_version=2).status_code == 422
    assert "with your decision" not in desk.get(review_path(waiting)).text


def test_each_field_has_its_forms_once(desk, by):
    registration = approved(by, desk.who)
    change(registration, by, **with_exception(client_name="Example Client Two"))
    drafting.submit(registration.uuid, by=by)
    page = desk.get(review_path(registration)).text
    ids = [each.get("id") for each in with_attribute(page, "id")]
    assert sorted(ids) == sorted(set(ids))
    assert len([each for each in ids if each.startswith("comments-")]) == 18


def test_the_folded_rest_opens_where_it_is_commented_on(desk, by):
    registration = submitted(by)
    every = Ticks(frozenset(), frozenset(item.code for item in items_of(registration.revisions.get())))
    review.approve(registration.uuid, by=desk.who, seen_version=1, ticks=every, signed_in_at=timezone.now())
    change(registration, by, redirect_uris=["https://client.example/new"])
    drafting.submit(registration.uuid, by=by)
    (rest,) = with_attribute(desk.get(review_path(registration)).text, "data-unchanged")
    assert "open" not in rest.attrs
    comment(desk, registration, ASK, field="client_uri", seen_version=2)
    (rest,) = with_attribute(desk.get(review_path(registration)).text, "data-unchanged")
    assert "open" in rest.attrs


def test_the_comments_costs_three_statements(desk, by, waiting):
    def cost():
        with statements() as made:
            desk.get(review_path(waiting))
        return len([each for each in made if "registrations_thread" in each or "desknote" in each]), len(made)

    comment(desk, waiting, ASK)
    note(desk, waiting, INTERNAL)
    before = cost()
    for field in ("scope", "contacts", ""):
        comment(desk, waiting, ASK, field=field)
        note(desk, waiting, INTERNAL, field=field)
    assert cost() == before
    assert before[0] <= 3


def test_the_reviewer_reads_the_answer(desk, by, waiting):
    comment(desk, waiting, ASK)
    review.request_changes(waiting.uuid, by=desk.who, seen_version=1, note=NOTE)
    thread = Thread.objects.get()
    change(waiting, by, answers={str(thread.uuid): "The one for accountants."})
    drafting.submit(waiting.uuid, by=by)
    assert "(the partner)" in thread_on(desk.get(review_path(waiting)))
    assert "The one for accountants." in thread_on(desk.get(review_path(waiting)))
