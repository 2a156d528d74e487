"""Taking redirect URIs and scopes away from a live client: at once, and nothing else moves."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import Draft, Revision
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.workflow import client, comments, drafting, review
from registrations.workflow.drafting import Announced
from registrations.workflow.refusals import AnnouncedOtherwise, RulesBroken
from tests.emails.sending import both_hold, delivered, only, readers
from tests.support.invariants import check_invariants
from tests.support.registrations import again, approved, change, excepted, in_days, reveal, submitted

pytestmark = pytest.mark.django_db

KEPT, LEAKED = "https://client.example/callback", "https://client.example/leaked"
URIS = {"redirect_uris": [KEPT, LEAKED]}
NAME = {"client_name": "Renamed Client"}


@pytest.fixture
def two_uris(partner, reviewer):
    """A live client with two redirect URIs and three scopes."""
    return approved(partner, reviewer, **URIS)


def proposing(registration, by, **changes):
    """The live client with a change under review that keeps both redirect URIs."""
    change(registration, by, **URIS, **(changes or NAME))
    drafting.submit(registration.uuid, by=by)
    return registration


def restrict(registration, by, *uris, scope=()):
    return client.restrict(registration.uuid, by=by, redirect_uris=uris, scope=scope)


def statuses(registration):
    return dict(registration.revisions.values_list("number", "status"))


def live_of(registration):
    return registration.revisions.live().get()


def overview_of(registration):
    rows = with_overview(type(registration).objects.filter(pk=registration.pk))
    return RegistrationOverview(rows.get())


def test_what_is_taken_away_is_gone_at_once(two_uris, colleague):
    restrict(two_uris, colleague, LEAKED, scope=["users:write"])
    live = live_of(two_uris)
    assert statuses(two_uris) == {1: "superseded", 2: "approved"}
    assert (live.uris(), live.scopes()) == ((KEPT,), ("test:test", "users:read"))
    assert (live.decided_how, live.decided_by, live.submitted_by) == ("rules", colleague, colleague)
    assert live.decided_at == live.submitted_at
    assert set(live.requested_scopes.values_list("granted", flat=True)) == {True}
    assert live.beside is None
    check_invariants()


def test_the_record_for_the_authorization_server_lacks_it_at_once(two_uris, partner, capsys):
    restrict(two_uris, partner, LEAKED)
    call_command("export_clients")
    exported = capsys.readouterr().out
    assert KEPT in exported
    assert LEAKED not in exported


def test_one_event_names_what_moved_and_one_email_is_ordered(two_uris, partner):
    restrict(two_uris, partner, LEAKED, scope=["users:write"])
    event = Event.objects.get(verb="revision.restricted")
    assert event.moved == ["revision:2", "revision:1"]
    assert event.actor == str(partner.pseudonym)
    assert event.detail == {"changed": ["redirect_uris", "scope"]}
    assert OutboxMessage.objects.filter(kind="restricted").count() == 1


def test_the_email_says_what_was_taken_away_and_what_may_come_back(two_uris, partner, colleague):
    proposing(two_uris, partner, **NAME, scope=["test:test", "users:read"])
    restrict(two_uris, colleague, LEAKED, scope=["users:write"])
    emails = delivered("Redirect URIs or scopes taken away: Example Client")
    email = emails[0]
    assert readers(emails) == ["colleague@client.example", "partner@client.example"]
    taken, _, again_ = email.body.partition("The change under review still asks for these")
    assert LEAKED in taken
    assert "users:write" in taken
    assert LEAKED in again_
    assert "users:write" not in again_
    assert both_hold(email, "version 3")


def test_a_scope_that_was_refused_stays_refused(two_uris, partner):
    live_of(two_uris).requested_scopes.filter(scope_id="users:write").update(granted=False)
    restrict(two_uris, partner, scope=["users:read"])
    live = live_of(two_uris)
    assert live.scopes() == ("test:test",)
    assert [row.scope_id for row in live.requested_scopes.filter(granted=False)] == ["users:write"]


@pytest.mark.parametrize(
    ("taken", "fields"),
    [
        ({"redirect_uris": [KEPT, LEAKED]}, ["redirect_uris"]),
        ({"scope": ["test:test", "users:read", "users:write"]}, ["scope"]),
        (
            {"redirect_uris": [KEPT, LEAKED], "scope": ["test:test", "users:read", "users:write"]},
            ["redirect_uris", "scope"],
        ),
    ],
)
def test_the_last_one_stays(two_uris, partner, taken, fields):
    with pytest.raises(RulesBroken) as refusal:
        client.restrict(two_uris.uuid, by=partner, **taken)
    assert [finding.field for finding in refusal.value.findings] == fields
    assert statuses(two_uris) == {1: "approved"}


def test_a_refused_scope_does_not_count_as_one_that_stays(two_uris, partner):
    live_of(two_uris).requested_scopes.exclude(scope_id="users:read").update(granted=False)
    with pytest.raises(RulesBroken):
        restrict(two_uris, partner, scope=["users:read"])
    with pytest.raises(Conflict):
        restrict(two_uris, partner, scope=["users:write"])


@pytest.mark.parametrize(
    ("uris", "scope"), [((), ()), ((LEAKED + "/x",), ()), ((LEAKED, KEPT + "/"), ()), ((), ("tags:write",))]
)
def test_nothing_and_what_is_not_live_cannot_be_taken_away(two_uris, partner, uris, scope):
    with pytest.raises(Conflict):
        restrict(two_uris, partner, *uris, scope=scope)
    assert statuses(two_uris) == {1: "approved"}
    assert not Event.objects.filter(verb__startswith="revision.restrict").exists()


def test_the_second_press_hears_that_it_is_gone(two_uris, partner):
    restrict(two_uris, partner, LEAKED)
    with pytest.raises(Conflict, match=f"no longer has it: {LEAKED}"):
        restrict(two_uris, partner, LEAKED)
    assert statuses(two_uris) == {1: "superseded", 2: "approved"}


def test_what_is_not_live_is_named_in_what_can_be_shown(two_uris, partner):
    with pytest.raises(Conflict, match=r"no longer has it: U\+202Egniwolla\."):
        restrict(two_uris, partner, scope=["\u202egniwolla"])


def test_others_may_not_and_nothing_live_is_nothing_to_restrict(
    two_uris, partner, viewer, stranger, reviewer
):
    for person, refusal in ((viewer, NotAllowed), (stranger, NotFound), (reviewer, NotFound)):
        with pytest.raises(refusal):
            restrict(two_uris, person, LEAKED)
    waiting = submitted(partner, **URIS)
    with pytest.raises(Conflict, match="pending"):
        restrict(waiting, partner, LEAKED)
    client.close(two_uris.uuid, by=partner)
    with pytest.raises(Conflict, match="closed"):
        restrict(two_uris, partner, LEAKED)


def test_no_rule_is_asked_about_what_remains(two_uris, partner):
    Revision.objects.filter(registration=two_uris).update(client_name="Pleo", tos_uri="http://127.0.0.1/x")
    restrict(two_uris, partner, LEAKED)
    assert live_of(two_uris).client_name == "Pleo"


def test_a_suspended_client_can_lose_an_address(two_uris, partner, reviewer):
    client.suspend(two_uris.uuid, by=reviewer, reason="A leak.")
    restrict(two_uris, partner, LEAKED)
    assert (again(two_uris).status, live_of(two_uris).uris()) == ("suspended", (KEPT,))
    check_invariants()


def test_secrets_and_the_exception_stay(partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    before = list(registration.secrets.values())
    restrict(registration, partner, scope=["users:write"])
    assert list(registration.secrets.values()) == before
    assert registration.pkce_exceptions.get().runs_on(in_days(1))
    check_invariants()


def test_the_draft_stays_as_typed_and_submitting_it_asks_for_a_review(two_uris, partner):
    change(two_uris, partner, **URIS, contacts=["other@client.example"])
    before = Draft.objects.values().get()
    restrict(two_uris, partner, LEAKED)
    assert Draft.objects.values().get() == before
    with pytest.raises(AnnouncedOtherwise, match="Another version went live"):
        drafting.submit(two_uris.uuid, by=partner, announced=Announced("apply", 1))
    assert drafting.submit(two_uris.uuid, by=partner).status == "under_review"
    check_invariants()


# Beside a version under review


def test_the_version_under_review_stays_and_what_is_live_has_the_higher_number(two_uris, partner):
    proposing(two_uris, partner)
    restrict(two_uris, partner, LEAKED)
    restrict(two_uris, partner, scope=["users:write"])
    assert statuses(two_uris) == {1: "superseded", 2: "under_review", 3: "superseded", 4: "approved"}
    assert [row.beside for row in two_uris.revisions.order_by("number")] == [None, None, 2, 2]
    found = overview_of(two_uris)
    assert (found.newest.number, found.live.number, found.under_review.number) == (2, 4, 2)
    assert found.status_key == "no_secret_under_review"
    check_invariants()


def test_an_approval_afterwards_replaces_it_whatever_its_number(two_uris, partner, reviewer):
    proposing(two_uris, partner)
    restrict(two_uris, partner, LEAKED)
    review.approve(two_uris.uuid, by=reviewer, seen_version=2, seen_live=3, signed_in_at=timezone.now())
    assert statuses(two_uris) == {1: "superseded", 2: "approved", 3: "superseded"}
    assert live_of(two_uris).replaced().number == 3
    found = overview_of(two_uris)
    assert (found.newest.number, found.live.number) == (2, 2)
    restrict(two_uris, partner, LEAKED)
    newest = overview_of(two_uris).newest
    assert (newest.number, newest.beside, newest.replaced().number) == (4, None, 2)
    check_invariants()


def test_after_an_approval_the_email_compares_with_what_was_live_and_not_with_a_number(
    two_uris, partner, reviewer
):
    proposing(two_uris, partner)
    restrict(two_uris, partner, LEAKED)
    review.approve(two_uris.uuid, by=reviewer, seen_version=2, seen_live=3, signed_in_at=timezone.now())
    change(two_uris, partner, **URIS, **NAME, contacts=["other@client.example"])
    drafting.submit(two_uris.uuid, by=partner)
    body = only("Change in effect").body
    assert "Contacts" in body
    assert "Redirect URIs" not in body


def test_what_came_back_is_still_told_and_its_draft_open(two_uris, partner, reviewer):
    proposing(two_uris, partner)
    review.request_changes(two_uris.uuid, by=reviewer, seen_version=2, note="Another name.")
    restrict(two_uris, partner, LEAKED)
    found = overview_of(two_uris)
    assert (found.newest.number, found.came_back, found.note) == (2, "sent back", "Another name.")
    change(two_uris, partner, client_name="A Better Name")
    assert drafting.submit(two_uris.uuid, by=partner).number == 4
    assert overview_of(two_uris).newest.number == 4
    check_invariants()


def test_desk_notes_and_emails_are_about_the_submission(two_uris, partner, colleague, reviewer):
    change(two_uris, colleague, **URIS, **NAME)
    drafting.submit(two_uris.uuid, by=colleague)
    restrict(two_uris, partner, LEAKED)
    assert comments.note(two_uris.uuid, by=reviewer, text="Called them.").revision.number == 2
    client.suspend(two_uris.uuid, by=reviewer, reason="A leak.")
    heard = readers(delivered("Suspended"))
    assert heard == ["colleague@client.example", "partner@client.example"]
