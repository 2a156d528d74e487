"""The state of a user's email address."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from portal.accounts.models import User


def has_verified_address(user: User) -> bool:
    """Whether the user has confirmed the email address of their account."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
