"""The possible results of a pre-flight check. A verdict only warns; nothing is refused because of one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from registrations.rules.addresses import Address, parse_ipv4, parse_ipv6, why_unreachable


class Verdict(StrEnum):
    """The result of one check.

    ``fault`` is an answer that does not help a user: an error, a redirect, or a certificate that browsers
    refuse.
    """

    ANSWERS = "answers"
    FAULT = "fault"
    SILENT = "silent"
    NOT_PUBLIC = "not_public"


def of_status(status: int) -> Verdict:
    """The verdict on a status code: 2xx answers. A redirect is a fault and is not followed."""
    return Verdict.ANSWERS if 200 <= status <= 299 else Verdict.FAULT


def is_public(address: Address) -> bool:
    """Whether rule R-25 lets the address pass."""
    return why_unreachable(address) is None


def read_addresses(texts: Sequence[str]) -> list[Address] | None:
    """Parse the addresses in a resolver's answer.

    None where one of them is not a plain address, such as one with a zone: what cannot be judged is not
    connected to.
    """
    found = [parse_ipv6(text) if ":" in text else parse_ipv4(text) for text in texts if text]
    read = [address for address in found if address is not None]
    return read if len(read) == len(texts) else None
