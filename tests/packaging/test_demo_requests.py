"""The forty requests of the demo: they all wait, are of mixed kind, and can be decided."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.accounts.models import Organisation, User
from registrations import demo
from registrations.models import Comment, DeskNote, Registration, Revision
from registrations.workflow import pkce, review, scopes
from tests.support.invariants import check_invariants
from tests.support.registrations import in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def requests(settings):
    """What waits of the organisations that came with the requests, the longest wait first."""
    settings.DEBUG = True
    call_command("seed_demo", requests=True)
    return waiting()


def waiting():
    theirs = Organisation.objects.filter(members__email__in=[one.email for one in accounts()])
    rows = Revision.objects.under_review().filter(registration__organisation__in=theirs)
    return list(rows.select_related("registration").order_by("submitted_at"))


def accounts():
    return demo.PARTNER_ACCOUNTS.values()


def live_before(one):
    return one.registration.revisions.live().exists()


def similar(one):
    return any(finding["rule"] == "N-10" for finding in one.findings)


def has_suspended_sibling(one):
    others = Registration.objects.filter(organisation=one.registration.organisation_id)
    return others.filter(status="suspended").exclude(pk=one.registration_id).exists()


def asks_for(**scope):
    return lambda one: one.requested_scopes.filter(**scope).exists()


def exception(*statuses):
    return lambda one: one.registration.pkce_exceptions.filter(status__in=statuses).exists()


def came_back(*statuses):
    return lambda one: one.registration.revisions.filter(status__in=statuses).exists()


def comes_after_a_refusal(one):
    before = one.registration.revisions.filter(requested_scopes__granted=False)
    return before.filter(requested_scopes__scope__in=one.scopes()).exists()


def comments(one, **which):
    return Comment.objects.filter(thread__registration=one.registration, **which)


KINDS = {
    "new": lambda one: one.number == 1,
    "change of a live client": live_before,
    "production": lambda one: one.environment == "production",
    "write scope": asks_for(scope__name__endswith=":write"),
    "sensitive scope": asks_for(scope__tier="sensitive"),
    "restricted scope": asks_for(scope__tier="restricted"),
    "restricted scope confirmed": lambda one: one.scope_confirmations.exists(),
    "refused scope again": comes_after_a_refusal,
    "exception requested": exception("requested"),
    "exception granted": exception("granted"),
    "exception refused": exception("refused"),
    "exception in force": exception("in_force"),
    "override asked": lambda one: bool(one.unanswered_override_requests()),
    "override answered": lambda one: bool(one.review_asked) and not one.unanswered_override_requests(),
    "similar name": similar,
    "suspended": lambda one: one.registration.status == "suspended",
    "suspended sibling": has_suspended_sibling,
    "long name": lambda one: len(one.client_name) > 60,
    "many redirect URIs": lambda one: len(one.uris()) == 20,
    "long host": lambda one: any(len(child.host.split(".")[0]) == 63 for child in one.redirect_uris.all()),
    "host in punycode": lambda one: any("xn--" in uri for uri in one.uris()),
    "host of somebody else": lambda one: any("integrator.example" in uri for uri in one.uris()),
    "claimed": lambda one: one.claimed_by is not None,
    "claimed by the lead": lambda one: one.claimed_by == User.objects.get(email=demo.LEAD.email),
    "unsent comment": lambda one: comments(one, by_desk=True, sent_at=None).exists(),
    "desk note": lambda one: DeskNote.objects.filter(revision=one).exists(),
    "message from the partner": lambda one: comments(one, by_desk=False, thread__field="").exists(),
    "answer": lambda one: comments(one, by_desk=False, thread__field="scope").exists(),
    "sent back before": came_back("sent_back"),
    "rejected before": came_back("rejected"),
    "withdrawn before": came_back("withdrawn"),
    "something was taken away since": lambda one: one.registration.revisions.filter(
        number__gt=one.number
    ).exists(),
}


def test_forty_of_mixed_kind_wait(requests):
    assert len(requests) == len(demo.REQUESTS) == 40
    assert len({one.registration_id for one in requests}) == 40
    assert len({one.registration.organisation_id for one in requests}) == len(demo.PARTNER_ACCOUNTS)
    renamed = {"Tandem Expenses": "Tandem Expenses and Mileage"}
    assert [one.client_name for one in requests] == [renamed.get(row[2], row[2]) for row in demo.REQUESTS]
    assert [kind for kind, is_of in KINDS.items() if not any(map(is_of, requests))] == []
    assert len({one.submitted_at for one in requests}) == 40
    assert all(one.submitted_at < timezone.now() for one in requests)
    assert 3 < sum(one.is_late for one in requests) < 30
    theirs = Registration.objects.filter(organisation__in=[one.registration.organisation for one in requests])
    stopped = theirs.exclude(pk__in=[one.registration_id for one in requests])
    assert set(stopped.values_list("status", flat=True)) == {"suspended", "closed"}
    check_invariants()


def test_without_the_flag_there_are_none_and_with_it_their_accounts_are_printed(settings, capsys):
    settings.DEBUG = True
    call_command("seed_demo")
    assert waiting() == []
    assert not User.objects.filter(email__in=[one.email for one in accounts()]).exists()
    capsys.readouterr()
    call_command("seed_demo", requests=True)
    printed = capsys.readouterr().out
    assert "Made 40 requests that wait for a review." in printed
    assert all(account.email in printed for account in accounts())


# Each can be decided


def lead():
    return User.objects.get(email=demo.LEAD.email)


def reviewer():
    return User.objects.get(email=demo.REVIEWER.email)


def seen(one):
    live = one.registration.revisions.live().first()
    return {"seen_version": one.number, "seen_live": live.number if live else 0}


def make_approvable(one):
    """Do what has to come before an approval; whether it can be approved then."""
    registration = one.registration
    if registration.pkce_exceptions.filter(revision=one, status="requested").exists():
        pkce.grant(
            registration.uuid, by=lead(), expires_on=in_days(90), **seen(one), signed_in_at=timezone.now()
        )
    for asked in one.unanswered_override_requests():
        answer = {"rule": asked.rule, "value": asked.value, "reason": "It is theirs."}
        review.override(registration.uuid, by=lead(), seen_version=one.number, **answer)
    if scopes.second_person(one).lacking:
        scopes.confirm_scopes(registration.uuid, by=reviewer(), seen_version=one.number)
    is_refused = registration.pkce_exceptions.filter(revision=one, status="refused").exists()
    return registration.status != "suspended" and not is_refused


def test_each_can_be_approved_or_sent_back(requests):
    for one in requests:
        decision = {"by": lead(), "despite_claim": True, **seen(one)}
        if make_approvable(one):
            review.approve(one.registration.uuid, **decision, signed_in_at=timezone.now())
        else:
            review.request_changes(one.registration.uuid, note="See the reason above.", **decision)
    assert waiting() == []
    decided = Revision.objects.filter(pk__in=[one.pk for one in requests])
    sent_back = decided.filter(status="sent_back").values_list("client_name", flat=True)
    assert set(sent_back) == {"Harbour Vault", "Kestrel Legacy"}
    assert decided.filter(status="approved").count() == 38
    check_invariants()


def test_each_can_be_rejected_and_none_comes_back_with_a_second_run():
    assert demo.seed_requests() == 40
    for one in waiting():
        decision = {"by": reviewer(), "despite_claim": True, **seen(one)}
        review.reject(one.registration.uuid, note="Not this one.", **decision)
    before = Registration.objects.count()
    assert demo.seed_requests() == 0
    assert (waiting(), Registration.objects.count()) == ([], before)
    check_invariants()
