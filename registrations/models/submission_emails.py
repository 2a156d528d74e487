"""Which emails about submissions a reviewer chose, and the daily digests that they got."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.accounts.models import in_own_organisation
from registrations.models.revision import Revision, RevisionQuerySet

_PERSON = settings.AUTH_USER_MODEL


class SubmissionEmails(models.TextChoices):
    """How a reviewer hears that something was submitted."""

    DAILY = "daily", "One email on each working day"
    EACH = "each", "One email for each submission"
    NONE = "none", "No emails about submissions"


class EmailChoice(models.Model):
    """What one reviewer chose. Without a row it is the daily digest.

    ``digested_until`` is the end of the time that their digests cover. Digests cover every moment since
    they began, each moment once; where it is null, the first covers all that waits.
    """

    person = models.OneToOneField(_PERSON, on_delete=models.CASCADE, related_name="email_choice")
    submissions = models.CharField(
        max_length=8, choices=SubmissionEmails, default=SubmissionEmails.DAILY, db_default="daily"
    )
    digested_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(submissions__in=SubmissionEmails.values), name="email_choice_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submissions} for {self.person_id}"


class DailyDigest(models.Model):
    """One email about what was submitted after ``since`` and not after ``until``.

    A person gets at most one a day. What it lists is read when it is sent. ``since`` is null in their first.
    """

    person = models.ForeignKey(_PERSON, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="digest_once_a_day"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(since__lt=F("until")), name="digest_of_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"digest of {self.day} for {self.person_id}"

    def submissions(self) -> RevisionQuerySet:
        """What still waits for a decision that this person may make, the longest wait first."""
        waiting = Revision.objects.under_review().filter(submitted_at__lte=self.until)
        if self.since is not None:
            waiting = waiting.filter(submitted_at__gt=self.since)
        own = in_own_organisation(self.person_id, "registration__organisation")
        return waiting.exclude(own | Q(submitted_by=self.person_id)).order_by("submitted_at", "pk")


def who_chose(submissions: SubmissionEmails) -> Q:
    """The condition for users who chose these emails, or for whom nothing else was chosen."""
    chose = Q(email_choice__submissions=submissions)
    return chose | Q(email_choice__isnull=True) if submissions is SubmissionEmails.DAILY else chose
