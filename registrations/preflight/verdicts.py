"""What a pre-flight check can find. A verdict warns; nothing is ever refused because of one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from registrations.rules.addresses import Address, parse_ipv4, parse_ipv6, why_unreachable


class Verdict(StrEnum):
    """``fault`` is an answer that no user would be glad of: an error, a redirect, or a
    certificate that browsers refuse."""

    ANSWERS = "answers"
    FAULT = "fault"
    SILENT = "silent"
    NOT_PUBLIC = "not_public"


def of_status(status: int) -> Verdict:
    """A page answers with 2xx. A redirect is an answer of its own and is not followed."""
    return Verdict.ANSWERS if 200 <= status <= 299 else Verdict.FAULT


def is_public(address: Address) -> bool:
    """Whether the table of rule R-25 lets the address pass."""
    return why_unreachable(address) is None


def read_addresses(texts: Sequence[str]) -> list[Address] | None:
    """What a resolver answered, as numbers.

    ``None`` where one of the answers is no plain address, such as one with a zone: what cannot
    be judged is not connected to.
    """
    found = [parse_ipv6(text) if ":" in text else parse_ipv4(text) for text in texts if text]
    read = [address for address in found if address is not None]
    return read if len(read) == len(texts) else None
