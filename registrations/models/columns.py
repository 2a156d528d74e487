"""Choices, and conditions for constraints, that several tables share."""

from datetime import date
from enum import StrEnum
from typing import Final

from django.db.models import Q

POSSIBLE_DAYS: Final = (date(2000, 1, 1), date(2999, 12, 31))
"""No day of an exception is outside these; the rules, which know what day it is, allow far fewer."""


def hex_digits(column: str, length: int) -> Q:
    """The column holds exactly ``length`` lower-case hex digits."""
    return Q(**{f"{column}__regex": rf"^[0-9a-f]{{{length}}}$"})


def one_of(column: str, states: type[StrEnum]) -> Q:
    """The column holds a member of the enumeration."""
    return Q(**{f"{column}__in": sorted(states)})


def all_or_none(*columns: str) -> Q:
    """The columns are all set, or all empty."""
    return Q(**{f"{column}__isnull": True for column in columns}) | Q(
        **{f"{column}__isnull": False for column in columns}
    )


def exactly_when(condition: Q, *columns: str) -> Q:
    """The columns are all set where the condition holds, and all empty where it does not."""
    filled, empty = Q(), Q()
    for column in columns:
        filled &= Q(**{f"{column}__isnull": False})
        empty &= Q(**{f"{column}__isnull": True})
    return (condition & filled) | (~condition & empty)


def choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    """The enumeration as Django's choices, with readable labels."""
    return [(state.value, state.value.replace("_", " ").capitalize()) for state in states]
