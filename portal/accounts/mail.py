"""What is known about the address of a person."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from portal.accounts.models import User


def has_verified_address(user: User) -> bool:
    """Whether the person followed a link that was sent to the address they are known by."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
