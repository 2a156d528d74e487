from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from portal.accounts.models import Membership
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import Draft, Registration
from registrations.workflow import drafting, review
from registrations.workflow.refusals import RulesBroken, StaleVersion
from tests.support.invariants import check_invariants
from tests.support.people import home
from tests.support.registrations import (
    REASON,
    a_draft,
    again,
    approved,
    change,
    submitted,
    with_exception,
)


def verbs(registration):
    return list(Event.objects.filter(stream=registration.uuid).order_by("pk").values_list("verb", flat=True))


def test_a_draft_keeps_what_is_wrong_to_the_letter(partner):
    wrong = "  HTTPS://*.client.example/cb#x "
    registration = a_draft(partner, redirect_uris=[wrong, ""], client_name=" Pleo\u200b ")
    assert registration.draft.data["redirect_uris"] == [wrong, ""]
    assert registration.draft.data["client_name"] == " Pleo\u200b "


def test_starting_leaves_one_event_and_no_email(partner):
    registration = a_draft(partner)
    assert verbs(registration) == ["registration.started"]
    assert not OutboxMessage.objects.exists()


def test_nobody_starts_in_a_strangers_organisation(partner, stranger):
    with pytest.raises(NotFound):
        drafting.start(home(partner).uuid, by=stranger, data={})
    assert not Registration.objects.exists()


def test_a_viewer_does_not_start(partner, viewer):
    with pytest.raises(NotAllowed):
        drafting.start(home(partner).uuid, by=viewer, data={})


REFUSED_BY_THE_DATABASE = {
    "sqlite": "CREATE TRIGGER refuses BEFORE INSERT ON registrations_registration "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE registrations_registration ADD CONSTRAINT refuses CHECK (id < 0) NOT VALID",
}


@pytest.mark.parametrize("key", [None, uuid4()])
def test_what_else_the_database_refuses_is_not_taken_for_a_second_press(partner, key):
    with connection.cursor() as cursor:
        cursor.execute(REFUSED_BY_THE_DATABASE[connection.vendor])
    with pytest.raises(IntegrityError, match="refuse"):
        drafting.start(home(partner).uuid, by=partner, data={}, key=key)


def test_saving_counts_the_draft_up_and_leaves_no_event(partner, colleague):
    registration = a_draft(partner)
    version = drafting.save(
        registration.uuid, by=colleague, draft_version=1, data={"client_name": "Other"}, logo=None
    )
    draft = Draft.objects.get()
    assert (version, draft.version, draft.data, draft.updated_by) == (
        2,
        2,
        {"client_name": "Other"},
        colleague,
    )
    assert verbs(registration) == ["registration.started"]


def test_the_second_of_two_tabs_does_not_overwrite_the_first(partner):
    registration = a_draft(partner)
    change(registration, partner, client_name="First")
    with pytest.raises(StaleVersion):
        drafting.save(registration.uuid, by=partner, draft_version=1, data={}, logo=None)
    assert Draft.objects.get().data["client_name"] == "First"


@pytest.mark.parametrize("page", [0, 1])
def test_the_same_text_again_is_no_clash(partner, page):
    registration = change(a_draft(partner), partner, client_name="First")
    before = Draft.objects.get()
    again = drafting.save(
        registration.uuid, by=partner, draft_version=page, data=before.data, logo=before.logo
    )
    assert again == Draft.objects.get().version == 2


def test_a_page_that_saves_by_itself_replaces_nothing_that_it_saved_before(partner):
    key, typed = uuid4(), {"client_name": "Till for bakers"}
    start = partial(drafting.start, home(partner).uuid, by=partner, key=key)
    started = start(data=typed)
    assert start(data=typed, automatic=True) == started
    with pytest.raises(StaleVersion):
        start(data={"client_name": "Till"}, automatic=True)
    assert (Draft.objects.get().data, Draft.objects.get().version) == (typed, 1)


def test_a_press_replaces_what_its_page_saved_by_itself(partner):
    key = uuid4()
    start = partial(drafting.start, home(partner).uuid, by=partner, key=key)
    started = start(data={"client_name": "Till"}, automatic=True)
    assert start(data={"client_name": "Till for bakers"}) == started
    assert Draft.objects.get().data == {"client_name": "Till for bakers"}
    assert verbs(started) == ["registration.started"]


def test_a_page_without_a_draft_does_not_overwrite_one(partner):
    registration = a_draft(partner)
    with pytest.raises(StaleVersion):
        drafting.save(registration.uuid, by=partner, draft_version=0, data={}, logo=None)


def test_a_page_about_a_draft_that_is_gone_fits_no_later_one(partner, colleague):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    for name in ("First", "Second", "Third"):
        change(registration, partner, client_name=name)
        seen = Draft.objects.get().version
        drafting.discard(registration.uuid, by=colleague)
        change(registration, colleague, client_name="Unseen")
        for stale in range(1, seen + 1):
            with pytest.raises(StaleVersion):
                drafting.submit(registration.uuid, by=partner, draft_version=stale)
            with pytest.raises(StaleVersion):
                drafting.save(registration.uuid, by=partner, draft_version=stale, data={}, logo=None)
    assert Draft.objects.get().data["client_name"] == "Unseen"


def test_what_is_under_review_is_locked(partner):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        drafting.save(registration.uuid, by=partner, draft_version=1, data={}, logo=None)
    with pytest.raises(Conflict):
        drafting.submit(registration.uuid, by=partner)
    with pytest.raises(Conflict):
        drafting.discard(registration.uuid, by=partner)
    assert Draft.objects.get().version == 1


@pytest.mark.parametrize(
    "verb",
    [
        lambda uuid, by: drafting.save(uuid, by=by, draft_version=1, data={}, logo=None),
        lambda uuid, by: drafting.submit(uuid, by=by),
        lambda uuid, by: drafting.discard(uuid, by=by),
    ],
    ids=["save", "submit", "discard"],
)
def test_only_those_who_work_there_touch_a_draft(partner, viewer, stranger, reviewer, verb):
    registration = a_draft(partner)
    for person, refusal in ((viewer, NotAllowed), (stranger, NotFound), (reviewer, NotFound)):
        with pytest.raises(refusal):
            verb(registration.uuid, person)
    assert Draft.objects.get().version == 1
    assert verbs(registration) == ["registration.started"]


def test_a_removed_member_is_a_stranger_at_once(partner, colleague):
    registration = a_draft(partner)
    Membership.objects.filter(user=colleague).delete()
    with pytest.raises(NotFound):
        drafting.submit(registration.uuid, by=colleague)


def test_the_documents_example_passes_as_it_stands(partner):
    registration = submitted(partner)
    revision = registration.revisions.get()
    assert revision.number == registration.revision_count == 1
    assert revision.uris() == ("https://client.example/callback",)
    assert revision.scopes() == ("test:test", "users:read", "users:write")
    assert revision.logo is None
    assert revision.subject_type_preference is None
    assert revision.initiation_uri == revision.configuration_uri == ""
    assert revision.redirect_uris.get().host == "client.example"
    assert [finding for finding in revision.findings if finding["severity"] == "reject"] == []
    assert verbs(registration) == ["registration.started", "revision.submitted"]
    assert OutboxMessage.objects.get(kind="submitted").ids == {"revision_id": revision.pk}
    check_invariants()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_name": ""}, "client_name"),
        ({"client_name": "Example for Pleo"}, "client_name"),
        ({"client_uri": ""}, "client_uri"),
        ({"client_uri": "http://client.example/"}, "client_uri"),
        ({"tos_uri": ""}, "tos_uri"),
        ({"policy_uri": "javascript://x"}, "policy_uri"),
        ({"contacts": []}, "contacts"),
        ({"contacts": ["[email\u00a0protected]"]}, "contacts"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["https://*.client.example/callback"]}, "redirect_uris"),
        ({"redirect_uris": ["http://localhost:1/cb"], "environment": "production"}, "redirect_uris"),
        ({"scope": []}, "scope"),
        ({"scope": ["users:*"]}, "scope"),
        ({"environment": "moon"}, "environment"),
        ({"pkce_support": "no"}, "pkce_support"),
        ({"pkce_support": "exception_requested"}, "pkce_justification"),
        ({"subject_type_preference": "pairwise"}, "subject_type_preference"),
        ({"confidential": False}, "confidential"),
    ],
)
def test_what_the_rules_reject_is_not_submitted(partner, changes, field):
    registration = a_draft(partner, **changes)
    with pytest.raises(RulesBroken) as refusal:
        drafting.submit(registration.uuid, by=partner)
    assert field in {finding.field for finding in refusal.value.findings if finding.rejects}
    assert again(registration).revision_count == 0
    assert not registration.revisions.exists()


def test_all_problems_come_at_once(partner):
    registration = drafting.start(home(partner).uuid, by=partner, data={})
    with pytest.raises(RulesBroken) as refusal:
        drafting.submit(registration.uuid, by=partner)
    assert {finding.field for finding in refusal.value.findings if finding.rejects} == {
        "client_name",
        "client_uri",
        "tos_uri",
        "policy_uri",
        "contacts",
        "redirect_uris",
        "scope",
        "confidential",
    }


def test_what_was_checked_is_what_is_submitted(partner):
    registration = a_draft(partner)
    change(registration, partner, client_name="Sneaked In")
    with pytest.raises(StaleVersion):
        drafting.submit(registration.uuid, by=partner, draft_version=1)
    drafting.submit(registration.uuid, by=partner, draft_version=2)
    assert registration.revisions.get().client_name == "Sneaked In"


def test_withdrawing_unlocks_the_draft_and_submitting_again_makes_the_next_revision(partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, client_name="Second Thoughts")
    drafting.submit(registration.uuid, by=partner)
    assert list(registration.revisions.values_list("number", "status", "client_name")) == [
        (2, "under_review", "Second Thoughts"),
        (1, "withdrawn", "Example Client"),
    ]
    check_invariants()


def test_withdrawing_takes_the_exception_request_back(partner):
    registration = submitted(partner, **with_exception())
    drafting.withdraw(registration.uuid, by=partner)
    assert registration.pkce_exceptions.get().status == "withdrawn"


@pytest.mark.parametrize("who", ["viewer", "stranger", "reviewer"])
def test_nobody_else_withdraws(partner, request, who):
    registration = submitted(partner)
    with pytest.raises((NotAllowed, NotFound)):
        drafting.withdraw(registration.uuid, by=request.getfixturevalue(who))
    assert registration.revisions.get().status == "under_review"


def test_nothing_to_withdraw_is_a_conflict(partner):
    with pytest.raises(Conflict):
        drafting.withdraw(a_draft(partner).uuid, by=partner)


def test_discarding_a_registration_that_was_never_submitted_closes_it(partner):
    registration = a_draft(partner)
    drafting.discard(registration.uuid, by=partner)
    assert again(registration).status == "closed"
    assert again(registration).closed_at is not None
    assert not Draft.objects.exists()
    assert verbs(registration) == ["registration.started", "draft.discarded"]
    with pytest.raises(Conflict):
        drafting.save(registration.uuid, by=partner, draft_version=0, data={}, logo=None)


def test_discarding_after_a_rejection_leaves_the_registration_open(partner, reviewer):
    registration = submitted(partner)
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="Not yours.")
    drafting.discard(registration.uuid, by=partner)
    assert again(registration).status == "pending"
    change(registration, partner, client_name="Anew")
    assert Draft.objects.get().data["client_name"] == "Anew"


def test_a_live_client_stays_as_it_is_while_its_change_is_drafted_and_reviewed(partner, reviewer):
    registration = approved(partner, reviewer)
    before = registration.revisions.get().metadata()
    change(registration, partner, client_name="New Name")
    drafting.submit(registration.uuid, by=partner)
    live = registration.revisions.get(status="approved")
    assert live.metadata() == before
    assert again(registration).status == "active"
    check_invariants()


def test_the_environment_is_fixed_once_a_client_id_is_issued(partner, reviewer):
    registration = approved(partner, reviewer)
    change(registration, partner, environment="production", scope=["users:read"])
    with pytest.raises(RulesBroken) as refusal:
        drafting.submit(registration.uuid, by=partner)
    assert [finding.field for finding in refusal.value.findings] == ["environment"]


def test_an_exception_is_requested_with_its_reason(partner):
    registration = submitted(partner, **with_exception())
    exception = registration.pkce_exceptions.get()
    assert (exception.status, exception.justification, exception.expires_on) == ("requested", REASON, None)


def test_a_repeated_scope_is_stored_once(partner):
    registration = submitted(partner, scope=["users:read", "users:read"])
    assert registration.revisions.get().scopes() == ("users:read",)


def test_the_name_is_stored_in_its_normal_form(partner):
    registration = submitted(partner, client_name="  Cafe\u0301   Client ")
    assert registration.revisions.get().client_name == "Café Client"
