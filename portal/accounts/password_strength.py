"""How easily a password is guessed, judged by zxcvbn with what a guesser knows of the person."""

from __future__ import annotations

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from portal.accounts.models import User

SHORTEST: Final = 12
NEEDED: Final = 3
"""zxcvbn's score, of 4, for what withstands ten billion guesses."""
JUDGED: Final = 72
"""Characters that are judged: the work grows with the square of the length."""
OF_THE_PRODUCT: Final = ("pleo", "client registration", "client", "registration", "portal")
ALIKE: Final = str.maketrans("@{[<|!$+", "4(((1157")
"""Signs that stand for the same letter, written as one of them.

zxcvbn tries every way to read signs as letters. For a password of such signs alone that would take seconds.
"""
HELP: Final = (
    f"At least {SHORTEST} characters that are hard to guess, such as four words that do not belong together."
)
TOO_SHORT: Final = f"Use at least {SHORTEST} characters, such as four words that do not belong together."
TOO_EASY: Final = (
    "This password is easy to guess. Use four or more words that do not belong together and have nothing to "
    "do with you, your organisation or Pleo."
)


class PasswordStrength:
    """The password validator: one message that says what to do.

    Passwords that nobody chooses on a page, such as those of demo data, are not validated.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is too short or too easy to guess."""
        if len(password) < SHORTEST:
            raise ValidationError(TOO_SHORT, code="password_too_short")
        known = [word.translate(ALIKE) for word in words_about(user)]
        if zxcvbn(password[:JUDGED].translate(ALIKE), user_inputs=known)["score"] < NEEDED:
            raise ValidationError(TOO_EASY, code="password_too_easy")

    def get_help_text(self) -> str:
        return HELP


def words_about(user: Any) -> list[str]:
    """What a guesser tries first: the product, the person, their address and their organisations."""
    texts = list(OF_THE_PRODUCT)
    if user is not None:
        texts += [user.email, user.full_name]
    if isinstance(user, User) and user.pk:
        texts += user.organisations.order_by("pk").values_list("name", flat=True)
    words = [word for text in texts for word in (text, re.sub(r"\W", "", text), *re.split(r"\W+|_", text))]
    return list(dict.fromkeys(word.lower()[:JUDGED] for word in words if len(word) > 1))
