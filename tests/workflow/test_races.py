"""Twenty at once: the database decides, once."""

from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.accounts.models import Membership
from portal.audit.models import Event
from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from registrations.domain.api_rights import Right
from registrations.models import ApiToken, ClientSecret, Draft, Registration
from registrations.workflow import api_tokens, assignment, client, drafting, review, secrets
from registrations.workflow.refusals import StaleVersion
from registrations.workflow.secrets import Revealed
from tests.support import people
from tests.support.invariants import check_invariants
from tests.support.just_signed_in import approve
from tests.support.races import at_once
from tests.support.registrations import a_draft, approved, change, reveal, revealed, submitted
from tests.support.scale import times

pytestmark = pytest.mark.django_db(transaction=True)


def of_kind(results, kind):
    return [result for result in results if isinstance(result, kind)]


def statuses(registration):
    """Newest first."""
    return list(registration.revisions.values_list("status", flat=True))


def reveal_by(registration, secret, person):
    return lambda: secrets.reveal(registration.uuid, secret.uuid, by=person, signed_in_at=timezone.now())


def test_of_twenty_decisions_one_counts(partner, reviewer):
    for _ in range(times(50)):
        registration = submitted(partner)
        decide = {"by": reviewer, "seen_version": 1, "note": "Because."}
        verbs = [approve] * 8 + [review.reject] * 6 + [review.request_changes] * 4
        decisions = [lambda verb=verb: verb(registration.uuid, **decide) for verb in verbs]
        withdrawals = [lambda: drafting.withdraw(registration.uuid, by=partner)] * 2
        results = at_once(*decisions, *withdrawals)
        assert len(of_kind(results, Conflict)) == 19
        done = Event.objects.filter(stream=registration.uuid, outcome="done", verb__startswith="revision.")
        assert done.exclude(verb="revision.submitted").count() == 1
        assert registration.secrets.count() <= 1
    check_invariants()


def test_of_twenty_submissions_one_becomes_the_revision(partner):
    for _ in range(times(20)):
        registration = a_draft(partner)
        results = at_once(*[lambda: drafting.submit(registration.uuid, by=partner)] * 20)
        assert len(of_kind(results, Conflict)) == 19
        assert registration.revisions.count() == 1
    check_invariants()


def test_of_twenty_saves_of_the_same_page_one_is_kept(partner):
    registration = a_draft(partner)
    saves = [
        lambda n=n: drafting.save(
            registration.uuid, by=partner, draft_version=1, data={"client_name": str(n)}, logo=None
        )
        for n in range(20)
    ]
    results = at_once(*saves)
    assert [result for result in results if not isinstance(result, StaleVersion)] == [2]


def test_what_a_page_saves_by_itself_never_replaces_what_was_pressed(partner):
    for _ in range(times(20)):
        start = partial(drafting.start, people.home(partner).uuid, by=partner, key=uuid4())
        by_itself = lambda start=start: start(data={"client_name": "Till"}, automatic=True)
        press = lambda start=start: start(data={"client_name": "Till for bakers"})
        *results, by_hand = at_once(by_itself, by_itself, press)
        assert {type(result) for result in results} <= {Registration, StaleVersion}
        assert Draft.objects.get(registration=by_hand).data == {"client_name": "Till for bakers"}
        assert list(Event.objects.filter(stream=by_hand.uuid).values_list("verb", flat=True)) == [
            "registration.started"
        ]
    assert Registration.objects.count() == times(20)
    check_invariants()


def test_no_save_slips_past_a_submit(partner):
    for _ in range(times(30)):
        registration = a_draft(partner)
        save = lambda: drafting.save(
            registration.uuid, by=partner, draft_version=1, data={"client_name": "Slipped"}, logo=None
        )
        submit = lambda: drafting.submit(registration.uuid, by=partner, draft_version=1)
        saved, revision = at_once(save, submit)
        assert isinstance(saved, Conflict) != isinstance(revision, Conflict)
        assert not registration.revisions.filter(client_name="Slipped").exists()


def test_of_twenty_rotations_one_issues(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer)
        reveal(registration, partner)
        results = at_once(
            *[lambda: secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())]
            * 20
        )
        assert len(of_kind(results, ClientSecret)) == 1
        assert len(of_kind(results, Conflict)) == 19
        assert sorted(registration.secrets.values_list("status", flat=True)) == ["revoked", "sealed"]


def test_a_reveal_against_a_revocation_never_shows_what_was_revoked_before(partner, reviewer):
    for _ in range(times(50)):
        registration = approved(partner, reviewer)
        secret = registration.secrets.get()
        revoke = lambda: secrets.revoke(
            registration.uuid, secret.uuid, by=partner, confirmed="Example Client"
        )
        shown, _ = at_once(reveal_by(registration, secret, partner), revoke)
        order = Event.objects.filter(stream=registration.uuid, outcome="done").order_by("pk")
        verbs = [verb for verb in order.values_list("verb", flat=True) if verb.startswith("secret.")]
        if isinstance(shown, Revealed):
            assert verbs == ["secret.revealed", "secret.revoked"]
        else:
            assert isinstance(shown, Gone)
            assert verbs == ["secret.revoked"]
    check_invariants()


STOPS = {
    "revoke": lambda registration, secret, partner, reviewer: secrets.revoke(
        registration.uuid, secret.uuid, by=partner, confirmed="Example Client"
    ),
    "replace_leaked": lambda registration, secret, partner, reviewer: secrets.replace_leaked(
        registration.uuid, secret.uuid, by=partner
    ),
    "revoke_at_desk": lambda registration, secret, partner, reviewer: secrets.revoke_at_desk(
        registration.uuid, secret.uuid, by=reviewer, reason="It is in a public repository.", leaked=True
    ),
}


@pytest.mark.parametrize("verb", STOPS)
def test_a_reveal_of_a_successor_shows_nothing_that_was_stopped_before(partner, reviewer, verb):
    for _ in range(times(30)):
        registration, _ = revealed(partner, reviewer)
        new = secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
        stop = lambda: STOPS[verb](registration, new, partner, reviewer)
        shown, stopped = at_once(reveal_by(registration, new, partner), stop)
        assert not isinstance(stopped, Exception)
        order = Event.objects.filter(stream=registration.uuid, outcome="done", moved__icontains=str(new.uuid))
        first = next(
            verb for verb in order.order_by("pk").values_list("verb", flat=True) if "rotated" not in verb
        )
        assert isinstance(shown, Revealed) == (first == "secret.revealed")
        assert isinstance(shown, Revealed | Gone)
        old = registration.secrets.order_by("pk").first()
        assert old.status == ("retiring" if isinstance(shown, Revealed) else "active")
    check_invariants()


def test_a_reveal_against_a_second_rotation_keeps_the_old_secret(partner, reviewer):
    for _ in range(times(30)):
        registration, _ = revealed(partner, reviewer)
        new = secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
        rotate = lambda: secrets.rotate(
            registration.uuid, by=partner, grace="7d", signed_in_at=timezone.now()
        )
        shown, rotated = at_once(reveal_by(registration, new, partner), rotate)
        assert isinstance(shown, Revealed)
        assert isinstance(rotated, Conflict)  # a sealed one waits, or an old one is retiring
        assert sorted(registration.secrets.values_list("status", flat=True)) == ["active", "retiring"]
    check_invariants()


def test_a_reveal_against_a_rotation_leaves_one_usable_secret(partner, reviewer):
    for _ in range(times(50)):
        registration = approved(partner, reviewer)
        secret = registration.secrets.get()
        rotate = lambda: secrets.rotate(
            registration.uuid, by=partner, grace="now", signed_in_at=timezone.now()
        )
        shown, rotated = at_once(reveal_by(registration, secret, partner), rotate)
        assert isinstance(shown, Revealed)  # what waits cannot be rotated away
        assert isinstance(rotated, (Conflict, ClientSecret))
        assert registration.secrets.filter(status__in=["active", "sealed"]).count() == 1
    check_invariants()


def test_a_reveal_against_the_removal_of_its_member_shows_nothing_afterwards(partner, reviewer):
    organisation = people.home(partner)
    for n in range(times(30)):
        leaver = people.colleague(organisation, f"leaver{n}@client.example")
        registration = approved(partner, reviewer)
        secret = registration.secrets.get()
        remove = lambda: Membership.objects.filter(user=leaver).delete()
        shown, _ = at_once(reveal_by(registration, secret, leaver), remove)
        assert isinstance(shown, (Revealed, NotFound, NotAllowed))
        again = reveal_by(registration, secret, leaver)
        with pytest.raises((NotFound, NotAllowed)):
            again()
    check_invariants()


def test_approving_against_withdrawing_never_leaves_both(partner, reviewer):
    for _ in range(times(30)):
        registration = submitted(partner)
        approve = lambda: review.approve(
            registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now()
        )
        withdraw = lambda: drafting.withdraw(registration.uuid, by=partner)
        results = at_once(approve, withdraw)
        assert len(of_kind(results, Conflict)) == 1
        live = Registration.objects.get(pk=registration.pk)
        assert (live.client_id is None) == (registration.revisions.get().status == "withdrawn")
    check_invariants()


def test_of_twenty_presses_one_puts_the_change_into_effect(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer)
        change(registration, partner, contacts=["other@client.example"])
        results = at_once(*[lambda: drafting.submit(registration.uuid, by=partner)] * 20)
        assert len(of_kind(results, Conflict)) == 19
        assert statuses(registration) == ["approved", "superseded"]
    check_invariants()


def test_applying_against_approving_never_loses_either(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer)
        change(registration, partner, client_name="Renamed Client")
        drafting.submit(registration.uuid, by=partner)

        def shrink_and_apply():
            drafting.withdraw(registration.uuid, by=partner)
            change(registration, partner, client_name="Example Client", contacts=["other@client.example"])
            return drafting.submit(registration.uuid, by=partner)

        approve = lambda: review.approve(
            registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now()
        )
        done, applied = at_once(approve, shrink_and_apply)
        assert isinstance(done, Conflict) != isinstance(applied, Conflict)
        was_approved = ["approved", "superseded"]
        was_applied = ["approved", "withdrawn", "superseded"]
        assert statuses(registration) == (was_approved if isinstance(applied, Conflict) else was_applied)
    check_invariants()


def test_applying_against_discarding_leaves_one_of_them(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer)
        change(registration, partner, contacts=["other@client.example"])
        discard = lambda: drafting.discard(registration.uuid, by=partner)
        applied, discarded = at_once(lambda: drafting.submit(registration.uuid, by=partner), discard)
        assert isinstance(applied, Conflict) != isinstance(discarded, Conflict)
        assert registration.revisions.filter(status="approved").count() == 1
    check_invariants()


def test_applying_against_a_suspension_is_before_it_or_under_review(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer)
        change(registration, partner, contacts=["other@client.example"])
        suspend = lambda: client.suspend(registration.uuid, by=reviewer, reason="It was sold.")
        applied, _ = at_once(lambda: drafting.submit(registration.uuid, by=partner), suspend)
        assert applied.status in ("approved", "under_review")
        assert registration.revisions.filter(status="approved").count() == 1
    check_invariants()


def test_of_twenty_claims_one_counts(partner):
    colleagues = [people.reviewer(f"reviewer{number}@portal.example") for number in range(20)]
    for _ in range(times(20)):
        registration = submitted(partner)
        claims = [lambda by=by: assignment.claim(registration.uuid, by=by) for by in colleagues]
        results = at_once(*claims)
        assert len(of_kind(results, Conflict)) == 19
        assert Event.objects.filter(stream=registration.uuid, verb="revision.claimed").count() == 1
    check_invariants()


def test_a_claim_against_a_decision_leaves_no_claim_behind(partner, reviewer):
    other = people.reviewer("second@portal.example")
    for _ in range(times(30)):
        registration = submitted(partner)
        claim = lambda: assignment.claim(registration.uuid, by=other)
        approve = lambda: review.approve(
            registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now()
        )
        results = at_once(claim, approve)
        assert len(of_kind(results, Conflict)) == 1
        revision = registration.revisions.get()
        assert (revision.claimed_by is None) == (revision.status == "approved")
    check_invariants()


def test_of_five_new_tokens_of_a_server_two_are_made():
    make = partial(
        api_tokens.create, "login", by=None, signed_in_at=None, environment="staging", rights=[Right.READ]
    )
    for _ in range(times(10)):
        ApiToken.objects.all().delete()
        results = at_once(*[make] * 5)
        assert len(of_kind(results, Conflict)) >= 3
        assert len(of_kind(results, tuple)) + len(of_kind(results, Conflict)) == 5
        assert ApiToken.objects.count() in (1, 2)


def test_of_twenty_posts_of_one_page_one_starts_a_draft(partner):
    home = people.home(partner)
    for n in range(times(20)):
        key = uuid4()
        start = lambda key=key, n=n: drafting.start(
            home.uuid, by=partner, data={"client_name": str(n)}, key=key
        )
        results = at_once(*[start] * 20)
        assert len({registration.pk for registration in results}) == 1
        assert Registration.objects.count() == n + 1
    assert Event.objects.filter(verb="registration.started").count() == Registration.objects.count()


def test_of_twenty_posts_of_one_page_with_other_words_none_is_half_kept(partner):
    home, key = people.home(partner), uuid4()
    starts = [
        lambda n=n: drafting.start(home.uuid, by=partner, data={"client_name": str(n)}, key=key)
        for n in range(20)
    ]
    results = at_once(*starts)
    kept = of_kind(results, Registration)
    assert len(kept) == 2
    assert len(of_kind(results, StaleVersion)) == 18
    draft = Registration.objects.get().draft
    assert draft.version == 2
