"""One registration of each kind, so that every table of the record has a valid row."""

from datetime import timedelta

from django.utils import timezone

from registrations.domain.api_rights import Right
from registrations.models import (
    ClientSecret,
    DailyDigest,
    DecisionReason,
    LateChange,
    Override,
    PkceException,
    Preflight,
    Registration,
    Revision,
    ScopeConfirmation,
    StrangersTries,
    SubmissionEmails,
    WrongSecrets,
)
from registrations.queries.served import State
from registrations.workflow import (
    api_tokens,
    checklist,
    client,
    comments,
    feed,
    organisation_notes,
    pkce,
    review,
    review_drafts,
    secrets,
    served,
    snoozing,
    submission_emails,
    usage,
)
from tests.support.adopted import adopt
from tests.support.people import home
from tests.support.registrations import (
    a_draft,
    a_logo,
    again,
    applied,
    approved,
    excepted,
    in_days,
    reveal,
    revealed,
    submitted,
    with_exception,
)
from tests.support.scenes import SNOOZE

NOW = timezone.now()
DIGEST = "ab" * 32


def make(partner, reviewer, lead):
    adopt()
    a_draft(partner)
    submitted(partner, **with_exception(client_name="Waiting"))
    approved(partner, reviewer, client_name="Sealed")
    revealed(partner, reviewer, client_name="Revealed")
    rotated, _ = revealed(partner, reviewer, client_name="Rotated")
    secrets.rotate(rotated.uuid, by=partner, grace="24h", signed_in_at=NOW)
    reveal(rotated, partner)
    excepted(partner, lead, client_name="Excepted")
    applied(partner, reviewer, client_name="Applied")
    stopped = approved(partner, reviewer, client_name="Suspended")
    client.suspend(stopped.uuid, by=reviewer, reason="It was sold.")
    waiting = under_review().get().registration.uuid
    comments.comment(waiting, by=reviewer, seen_version=1, text="Which product?", field="client_name")
    comments.note(waiting, by=reviewer, text="New to us.", tell=[lead])
    snoozing.snooze(waiting, by=reviewer, seen_version=1, **SNOOZE)
    submission_emails.choose(SubmissionEmails.NONE, by=reviewer)
    DailyDigest.objects.create(person=lead, day=NOW.date(), since=NOW - timedelta(days=1), until=NOW)
    review_drafts.keep(
        waiting, by=reviewer, seen_version=1, seen_draft=0, texts={"note": "Not yet."}, choices={}
    )
    organisation_notes.write(home(partner).uuid, by=reviewer, text="New to us.")
    a_logo(DIGEST)
    checklist.tick(waiting, by=reviewer, seen_version=1, item="name_is_theirs")
    turned = submitted(partner, **with_exception(client_name="Corrected"))
    asked = pkce.refuse(turned.uuid, by=lead, seen_version=1, note="No.")
    pkce.grant(
        turned.uuid,
        by=lead,
        seen_version=1,
        expires_on=in_days(90),
        corrects=asked.decided_at,
        signed_in_at=timezone.now(),
    )
    refused = submitted(partner, client_name="Refused").uuid
    review.reject(refused, by=reviewer, seen_version=1, note="No.", reasons=["name-misleading"])
    Preflight.objects.create(revision=live().first(), field="client_uri", uri="https://client.example/")
    ScopeConfirmation.objects.create(
        revision=live().first(), confirmed_by=reviewer, confirmed_at=NOW, scopes=["vendors:write"]
    )
    StrangersTries.objects.create(registration=live().first().registration, hour=NOW, tries=3)
    report(again(rotated))
    Override.objects.create(
        registration=live().first().registration,
        revision=live().first(),
        rule="N-05",
        value="Pleo",
        reason="A museum.",
        decided_at=NOW,
        decided_by=reviewer,
    )


def adopted():
    return Revision.objects.filter(decided_how="adopted")


def adopted_secret():
    return ClientSecret.objects.filter(adopted=True)


def report(registration):
    """What is stored about authorization servers, and what one of them reports about this client."""
    given = {"environment": "staging", "rights": {Right.READ}}
    api_tokens.create("login.example", by=None, signed_in_at=None, **given)
    feed.assign_due()
    WrongSecrets.objects.create(registration=registration, hour=NOW, times=3)
    has = {registration.client_id: State(1, registration.record_updated_at)}
    served.book_inventory("staging", has)
    hour = timedelta(hours=1)
    LateChange.objects.create(registration=registration, changed_at=NOW - hour, noticed_at=NOW)
    usage.book("staging", [usage.Use(registration.client_id, None, NOW)])


def pending():
    return Registration.objects.filter(status="pending")


def active():
    return Registration.objects.filter(status="active")


def one(queryset):
    return type(queryset.first())._default_manager.filter(pk=queryset.first().pk)


def under_review():
    return Revision.objects.filter(status="under_review")


def live():
    return Revision.objects.filter(status="approved", decided_how="person")


def by_rules():
    return Revision.objects.filter(decided_how="rules")


def sealed():
    return ClientSecret.objects.filter(status="sealed")


def unused_reason():
    return DecisionReason.objects.filter(code="wrong-environment")


def tried():
    return StrangersTries.objects.all()


def in_use():
    return ClientSecret.objects.filter(status="active")


def retiring():
    return ClientSecret.objects.filter(status="retiring")


def requested():
    return PkceException.objects.filter(status="requested")


def in_force():
    return PkceException.objects.filter(status="in_force")
