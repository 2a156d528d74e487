"""Which names are taken (rule N-10): a look-up by what a name looks like."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from registrations.rules import client_names
from registrations.rules.lifecycle import OPEN_STATUSES, RevisionStatus


class RevisionQuerySet(models.QuerySet[Any]):
    def taking_name(self, name: str, organisation_id: int) -> Self:
        """What stands in the way of the name: live or under review, of a client of another
        organisation that is not closed, under a name that looks the same."""
        alike = self.filter(
            name_skeleton=client_names.skeleton(name),
            status__in=[RevisionStatus.UNDER_REVIEW, RevisionStatus.APPROVED],
            registration__status__in=sorted(OPEN_STATUSES),
        )
        return alike.exclude(registration__organisation_id=organisation_id)
