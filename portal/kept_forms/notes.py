"""The signed note in a form: for which account it was rendered, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.core import signing

from portal.accounts.models import User

FIELD: Final = "account_note"
"""The name of the hidden field."""
VALID_FOR: Final = timedelta(days=7)
_SALT: Final = "portal.kept_forms.notes"


def note_for(user: User) -> str:
    """The note of a page that is rendered for this person now."""
    return signing.TimestampSigner(salt=_SALT).sign_object(
        {"account": user.pk, "pseudonym": str(user.pseudonym)}
    )


def account_of(note: str) -> int | None:
    """The primary key of the account; None for a note that is forged or too old, and if the account is gone.

    A restored database may give the number of an account to somebody else, but never the pseudonym. The
    notes of the previous release have the number alone.
    """
    try:
        named = signing.TimestampSigner(salt=_SALT).unsign_object(note, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    owner = User.objects.filter(pk=named["account"], is_active=True)
    if "pseudonym" in named:
        owner = owner.filter(pseudonym=named["pseudonym"])
    return owner.values_list("pk", flat=True).first()
