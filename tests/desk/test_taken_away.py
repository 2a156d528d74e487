"""The desk beside a restriction: what was taken away shows first, and no old page decides."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from registrations.workflow import client, drafting, review
from tests.desk.pages import NOTE, QUEUE, decide, decide_pkce, history_path, review_path, state
from tests.pages.elements import elements, with_attribute
from tests.support.people import home, member, reviewer, sign_in
from tests.support.registrations import REASON, applied, approved, change, in_days
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

KEPT, LEAKED = "https://client.example/callback", "https://client.example/leaked"
URIS = {"redirect_uris": [KEPT, LEAKED]}
EXCEPTION = {"pkce_support": "exception_requested", "pkce_justification": REASON}


@pytest.fixture
def developer(by):
    person = member(home(by), "developer@client.example")
    person.full_name = "Dana Developer"
    person.save()
    return person


@pytest.fixture
def changing(by):
    """A live client with a change under review that keeps both redirect URIs."""
    registration = approved(by, reviewer("first@portal.example"), **URIS)
    change(registration, by, **URIS, **EXCEPTION, client_name="Renamed Client")
    drafting.submit(registration.uuid, by=by)
    return registration


def take(registration, by, *uris, scope=()):
    client.restrict(registration.uuid, by=by, redirect_uris=uris, scope=scope)


def hidden(page, name):
    return {e.get("value") for e in with_attribute(page.text, "name", name)}


def doubts(page):
    """What the page says first about what was taken away."""
    return [e.words() for e in with_attribute(page.text, "data-doubt", "taken-away")]


def marked(html, mark):
    """The entries that a difference marks as added or removed, without the warning to read."""
    return [e.words() for e in with_attribute(html, "class", f"desk-{mark}")]


def gone_since(page):
    """What the message about the refusal marks as removed."""
    return marked(page.text.split('role="alert"')[1].split("Nothing was decided.")[0], "removed")


def changed(page):
    return [e.get("data-changed") for e in with_attribute(page.text, "data-changed")]


def test_the_page_sends_the_live_version_that_it_shows(leads_desk, by, changing, developer):
    assert hidden(leads_desk.get(review_path(changing)), "seen_live") == {"1"}
    take(changing, developer, LEAKED)
    page = leads_desk.get(review_path(changing))
    assert hidden(page, "seen_live") == {"3"}
    assert hidden(page, "seen_version") == {"2"}


def test_a_first_submission_has_no_live_version_to_send(desk, waiting):
    assert hidden(desk.get(review_path(waiting)), "seen_live") == {"0"}
    assert decide(desk, waiting, "approve", seen_live=0).status_code == 302


def test_what_an_approval_would_bring_back_is_said_first_and_marked_as_added(desk, changing, developer):
    assert doubts(desk.get(review_path(changing))) == []
    take(changing, developer, LEAKED, scope=["users:write"])
    page = desk.get(review_path(changing))
    (doubt,) = doubts(page)
    assert "Taken away from the live client after this was submitted" in doubt
    assert LEAKED in doubt
    assert "users:write" in doubt
    assert "by Dana Developer on" in doubt
    assert "What would change in the live client (revision 3)" in page.text
    assert {"redirect_uris", "scope"} <= set(changed(page))
    added = marked(page.text.split('id="against-live"')[1].split("</section>")[0], "added")
    assert any("/leaked" in line for line in added)
    assert any("users:write" in line for line in added)


def test_what_the_change_does_not_ask_for_does_not_come_back(desk, by, developer):
    registration = approved(by, desk.who, **URIS)
    change(registration, by, redirect_uris=[KEPT], client_name="Renamed Client")
    drafting.submit(registration.uuid, by=by)
    take(registration, developer, LEAKED)
    page = desk.get(review_path(registration))
    assert doubts(page) == []
    assert "redirect_uris" not in changed(page)[:1]


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
@pytest.mark.parametrize("seen", [{}, {"seen_live": "1"}, {"seen_live": ""}])
def test_no_decision_from_an_older_page_counts(desk, changing, developer, decision, seen):
    take(changing, developer, LEAKED)
    before = state(changing)
    page = decide(desk, changing, decision, seen_version=2, **seen)
    assert page.status_code == 409
    assert state(changing) == before
    assert "The partner took redirect URIs or scopes away" in page.text
    assert "This has changed in the meantime" in page.text
    assert "It cannot be approved yet</h2>" not in page.text
    assert ["/leaked" in line for line in gone_since(page)] == [True]
    assert NOTE in page.text, "what was typed is kept"
    assert hidden(page, "seen_live") == {"3"}
    assert Event.objects.filter(outcome="refused", verb=f"revision.{decision}").count() == 1


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_no_decision_on_the_exception_from_an_older_page_counts(leads_desk, changing, developer, decision):
    take(changing, developer, LEAKED)
    before = state(changing)
    until = in_days(30)
    said = {"until": until, "seen_version": 2, "pkce_note": "Until they have moved."}
    page = decide_pkce(leads_desk, changing, decision, seen_live=1, **said)
    assert page.status_code == 409
    assert state(changing) == before
    assert ["/leaked" in line for line in gone_since(page)] == [True]
    answer = decide_pkce(leads_desk, changing, decision, seen_live=3, **said)
    assert answer.status_code == 302


def test_a_preview_of_an_older_page_is_refused_too(desk, changing, developer):
    take(changing, developer, LEAKED)
    answer = decide(desk, changing, "reject", seen_version=2, seen_live=1, preview="1")
    assert answer.status_code == 409
    assert decide(desk, changing, "reject", seen_version=2, seen_live=3, preview="1").status_code == 200


def test_the_page_as_it_is_now_decides(desk, changing, developer):
    take(changing, developer, LEAKED)
    assert decide(desk, changing, "reject", seen_version=2, seen_live=3).status_code == 302
    assert changing.revisions.get(number=2).status == "rejected"


@pytest.mark.parametrize("seen", ["x", "-1", "99999999999"])
def test_a_live_version_that_cannot_be_is_refused(desk, changing, seen):
    answer = decide(desk, changing, "reject", seen_version=2, seen_live=seen)
    assert answer.status_code == 422
    assert changing.revisions.get(number=2).status == "under_review"


# The lists of the desk


def rows(desk, state_):
    page = desk.get(QUEUE, {"state": state_})
    return [e.words() for e in elements(page.text) if e.tag == "tr"][1:]


def test_the_queue_goes_on_showing_what_waits(desk, changing, developer):
    take(changing, developer, LEAKED)
    for state_ in ("under_review", "all", "live"):
        (row,) = rows(desk, state_)
        assert "Renamed Client" in row


def test_what_came_back_still_waits_for_the_partner(desk, changing, developer):
    review.request_changes(changing.uuid, by=desk.who, seen_version=2, note="Another name.")
    take(changing, developer, LEAKED)
    (row,) = rows(desk, "partner")
    assert "Renamed Client" in row
    page = desk.get(review_path(changing))
    assert "revision 2" in page.text
    assert "Another name." in page.text


def test_after_an_approval_a_restriction_is_the_newest(desk, by, developer):
    registration = approved(by, desk.who, **URIS)
    take(registration, developer, LEAKED)
    page = desk.get(review_path(registration))
    (head,) = with_attribute(page.text, "id", "review-top")
    assert "revision 2 · taken away by the partner" in head.words()
    assert "<dt>Taken away by</dt>" in page.text
    activity = desk.get(history_path(registration)).text
    assert "Redirect URIs or scopes taken away by the partner" in activity


def versions(page):
    """What the list of revisions says, the newest first."""
    return [e.words() for e in elements(page.text) if e.tag == "li" and e.get("value")]


def test_the_list_of_revisions_says_that_something_was_taken_away(desk, by, changing, developer):
    take(changing, developer, LEAKED)
    taken, waiting, live = versions(desk.get(review_path(changing)))
    name = developer.get_full_name()
    assert f"Redirect URIs or scopes taken away from the live client by {name}" in taken
    assert "Submitted" not in taken
    assert "review" not in taken
    assert "Submitted" in waiting
    assert "taken away" not in waiting + live


def test_a_change_that_needed_no_review_is_none_of_these(desk, by):
    registration = applied(by, desk.who)
    newest, _ = versions(desk.get(review_path(registration)))
    assert "Put into effect without a review" in newest
    assert "taken away" not in newest


def test_next_goes_on_where_it_was(client, by, changing, developer):
    browser = sign_in(client, reviewer())
    second = approved(by, reviewer("third@portal.example"), client_name="Second", redirect_uris=[KEPT])
    change(second, by, client_name="Second Renamed")
    drafting.submit(second.uuid, by=by)
    take(changing, developer, LEAKED)
    answer = browser.post(f"{QUEUE}next/?after={changing.uuid}")
    assert str(second.uuid) in answer["Location"]


def test_each_restriction_is_named_for_itself_and_costs_no_more_statements(desk, changing, developer):
    made = []
    for uris, scope in (([LEAKED], ()), ((), ["users:write"]), ((), ["users:read"])):
        take(changing, developer, *uris, scope=scope)
        with statements() as these:
            page = desk.get(review_path(changing))
        made.append(len(these))
    assert len(set(made)) == 1
    words = doubts(page)
    assert [("users:read" in one, "users:write" in one, LEAKED in one) for one in words] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


# What the next submission is compared with


def titles(page):
    found = [e.words() for e in elements(page.text) if e.tag == "h2"]
    return [words for words in found if words.startswith(("What changed since", "What would change"))]


def test_what_came_back_is_compared_although_something_was_taken_away_since(desk, by, changing, developer):
    review.request_changes(changing.uuid, by=desk.who, seen_version=2, note="Another name.")
    take(changing, developer, LEAKED)
    change(changing, by, client_name="Renamed Again")
    drafting.submit(changing.uuid, by=by)
    page = desk.get(review_path(changing))
    assert titles(page) == [
        "What would change in the live client (revision 3)",
        "What changed since revision 2 (changes requested)",
    ]


def test_what_is_live_no_more_is_not_what_came_before(desk, by, developer):
    registration = approved(by, desk.who, **URIS)
    for name in ("Renamed Client", "Renamed Again"):
        change(registration, by, **URIS, client_name=name)
        drafting.submit(registration.uuid, by=by)
        if name == "Renamed Client":
            take(registration, developer, LEAKED)
            review.approve(
                registration.uuid, by=desk.who, seen_version=2, seen_live=3, signed_in_at=timezone.now()
            )
    page = desk.get(review_path(registration))
    assert titles(page) == ["What would change in the live client (revision 2)"]
