"""The verbs that need a recent sign-in, called by somebody who has just signed in."""

from django.utils import timezone

from portal.accounts import memberships
from registrations.workflow import client, review


def approve(uuid, **given):
    return review.approve(uuid, signed_in_at=timezone.now(), **given)


def remove_member(membership_pk, **given):
    return memberships.remove_member(membership_pk, signed_in_at=timezone.now(), **given)


def close_as_staff(uuid, **given):
    return client.close_as_staff(uuid, signed_in_at=timezone.now(), **given)
