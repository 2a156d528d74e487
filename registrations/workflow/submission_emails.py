"""How reviewers hear of submissions: the verb with which each chooses, and the job that writes digests."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.domain.review_target import is_working_day
from registrations.events import RegistrationEvent
from registrations.models import DailyDigest, EmailChoice, SubmissionEmails
from registrations.models.submission_emails import who_chose
from registrations.workflow.due_rows import BATCH, run_each
from registrations.workflow.verbs import one_transaction

DIGEST_HOUR: Final = 6
"""From when on digests are sent on a working day, in UTC."""
_SETTLED: Final = timedelta(minutes=10)
"""How old a submission is before a digest covers its time. No transaction takes as long, so that none is
committed later with an earlier time."""


@one_transaction()
def choose(submissions: SubmissionEmails, *, by: User) -> None:
    """Choose how one hears of submissions from now on. Choosing the same again changes nothing.

    Raises ``NotAllowed`` for everybody who does not review.
    """
    if not permissions.may_review(by):
        raise NotAllowed("Only reviewers get emails about submissions.")
    EmailChoice.objects.get_or_create(person=by)
    mine = EmailChoice.objects.select_for_update(of=("self",)).get(person=by)
    if mine.submissions == submissions:
        return
    mine.submissions = submissions
    if submissions == SubmissionEmails.DAILY:
        mine.digested_until = timezone.now() - _SETTLED
    mine.save(update_fields=["submissions", "digested_until"])
    events.record(
        RegistrationEvent.EMAILS_CHOSEN, by=by, stream=by.pseudonym, detail={"submissions": str(submissions)}
    )


def digest_due(stopped: Stopped = never) -> int:
    """Write the digest of each reviewer who has had none today: a job of the worker."""
    now = timezone.now()
    begins = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if now < begins or not is_working_day(now):
        return 0
    earlier = Q(email_choice__digested_until__lt=begins - _SETTLED)
    uncovered = earlier | Q(email_choice__digested_until__isnull=True)
    due = permissions.reviewers().filter(who_chose(SubmissionEmails.DAILY), uncovered)
    return run_each(due[:BATCH], _digest, stopped, name=lambda person: person.pseudonym)


def _digest(person: User) -> bool:
    """Cover the time since the last digest, and send one if anything of that time still waits."""
    now = timezone.now()
    until = now - _SETTLED
    mine, _ = EmailChoice.objects.get_or_create(person=person)
    same = EmailChoice.objects.filter(
        pk=mine.pk, submissions=SubmissionEmails.DAILY, digested_until=mine.digested_until
    )
    if not same.update(digested_until=until):
        return False
    digest = DailyDigest(person=person, day=now.date(), since=mine.digested_until, until=until)
    if not digest.submissions().exists():
        return False
    digest.save(force_insert=True)
    queue.enqueue("digest", digest_id=digest.pk)
    return True
