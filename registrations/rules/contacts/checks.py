"""The people responsible for a client: rules C-01 to C-09, one email address per entry.

Order of the checks: C-01 C-03 C-04 C-02 C-05 C-06 C-07, then the warnings C-08 C-09. Problems around an
address are reported before problems inside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from typing import Final

import idna

from registrations.rules.addresses import ends_in_number
from registrations.rules.data.local_names import LOOPBACK_TLDS, SPECIAL_TLDS
from registrations.rules.data.mail_domains import FREE_MAIL, PLEO, THROW_AWAY
from registrations.rules.findings import Finding, Severity, Waived, quote, waives
from registrations.rules.vocabulary import MAX_CONTACTS

FIELD: Final = "contacts"
_Key = tuple[str, str]
_MAX_LENGTH: Final = 254
_MAX_MAILBOX_LENGTH: Final = 64
_MAILBOX: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PART: Final = r"[^\s@<>\"(),;:\[\]]"
_BARE: Final = re.compile(rf"(?<!{_PART}){_PART}++@{_PART}+")
"""Possessive and only from the start of a run, so that the time is linear in the entry's length."""
_WRAPPING: Final = frozenset('"<>()[],;“”„«»')
_APOSTROPHES: Final = frozenset("'‘’")
"""Allowed inside a mailbox name; round the whole entry they are quotation marks."""


def check(contact: str, *, existing: Sequence[str] = (), waived: Waived = ()) -> list[Finding]:
    """The rejection by the first broken rule, or else every warning.

    ``existing`` are the entries listed before it (C-06). ``waived`` rules are left to a reviewer (only C-07
    can be).
    """
    return _check(contact, {_key(other) for other in existing}, waived)


def check_all(contacts: Sequence[str], *, waived: Waived = ()) -> list[Finding]:
    """Findings about every entry, each with its 0-based index, and about their number (1 to 10)."""
    if not contacts:
        return [_reject("C-01", "Enter at least one e-mail address.")]
    found = []
    if len(contacts) > MAX_CONTACTS:
        found.append(_reject("C-01", f"Enter at most {MAX_CONTACTS} e-mail addresses."))
    listed: set[_Key] = set()
    for index, contact in enumerate(contacts):
        found += [finding.at(FIELD, index) for finding in _check(contact, listed, waived)]
        listed.add(_key(contact))
    return found


def _check(contact: str, listed: Set[_Key], waived: Waived) -> list[Finding]:
    flaw = _flaw(contact, listed, waived)
    return [flaw] if flaw else list(_warnings(_domain_of(contact)))


def _flaw(contact: str, listed: Set[_Key], waived: Waived) -> Finding | None:
    if not contact:
        return _reject("C-01", "Enter at least one e-mail address.")
    if _is_wrapped(contact):
        return _bare_only(contact)
    if not contact.isascii():
        return _ascii_only(contact)
    if not _is_address(contact):
        return _reject("C-02", "This is not an e-mail address.", excerpt=contact)
    return _domain_flaw(contact) or _entry_flaw(contact, listed, waived)


def _reject(rule: str, message: str, *, excerpt: str | None = None, suggestion: str | None = None) -> Finding:
    return Finding(rule, Severity.REJECT, FIELD, message, suggestion=suggestion, excerpt=excerpt)


def _is_wrapped(contact: str) -> bool:
    """Whether there is a display name, ``mailto:``, list, quote, bracket, blank or line break (C-03)."""
    unwanted = any(sign in _WRAPPING or sign.isspace() or _is_control(sign) for sign in contact)
    return unwanted or contact.lower().startswith("mailto:") or _is_in_apostrophes(contact)


def _is_in_apostrophes(contact: str) -> bool:
    return contact[0] in _APOSTROPHES and contact[-1] in _APOSTROPHES


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"}


def _bare_only(contact: str) -> Finding:
    return _reject(
        "C-03",
        "Enter just the address, one per line.",
        excerpt=contact,
        suggestion=_only_address_in(contact),
    )


def _only_address_in(contact: str) -> str | None:
    found = _BARE.findall(contact.strip("'‘’“”„«»"))
    return found[0] if len(found) == 1 and _is_public(found[0]) else None


def _is_public(contact: str) -> bool:
    return contact.isascii() and _is_address(contact) and _domain_flaw(contact) is None


def _ascii_only(contact: str) -> Finding:
    """C-04, suggesting the domain in punycode where the rest of the address is ASCII."""
    mailbox, _, domain = contact.rpartition("@")
    punycode = _punycode(domain)
    if domain.isascii() or not punycode:
        return _reject("C-04", "Only plain ASCII letters are accepted in an address.", excerpt=contact)
    better = f"{mailbox}@{punycode}"
    return _reject(
        "C-04",
        f"Write the domain as {quote(punycode)}.",
        excerpt=domain,
        suggestion=better if _is_public(better) else None,
    )


def _punycode(domain: str) -> str | None:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        return None


def _is_address(contact: str) -> bool:
    mailbox, at, domain = contact.rpartition("@")
    short = len(contact) <= _MAX_LENGTH and len(mailbox) <= _MAX_MAILBOX_LENGTH
    well_formed = bool(_MAILBOX.fullmatch(mailbox) and _DOMAIN.fullmatch(domain))
    return bool(at) and short and well_formed


def _domain_of(contact: str) -> str:
    return contact.rpartition("@")[2].lower()


def _domain_flaw(contact: str) -> Finding | None:
    domain = _domain_of(contact)
    label = domain.rpartition(".")[2]
    if "." in domain and not ends_in_number(domain) and label not in SPECIAL_TLDS | LOOPBACK_TLDS:
        return None
    return _reject("C-05", f"We cannot send mail to {quote(domain)}.", excerpt=domain)


def _entry_flaw(contact: str, listed: Set[_Key], waived: Waived) -> Finding | None:
    if _key(contact) in listed:
        return _reject("C-06", "Already listed.", excerpt=contact)
    if _is_below(_domain_of(contact), THROW_AWAY) and not waives(waived, "C-07", contact):
        return _reject("C-07", "Use an address you will keep.", excerpt=_domain_of(contact))
    return None


def _key(contact: str) -> _Key:
    """The key for finding duplicates: domains compare without case, mailboxes with (C-06)."""
    return contact.rpartition("@")[0], _domain_of(contact)


def _is_below(domain: str, listed: frozenset[str]) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[at:]) in listed for at in range(len(labels)))


def _warnings(domain: str) -> Iterator[Finding]:
    if _is_below(domain, PLEO):
        yield _warn("C-08", "An address at Pleo: the reviewer asks who on your side is responsible.", domain)
    if _is_below(domain, FREE_MAIL):
        yield _warn("C-09", "A shared company mailbox is safer: people leave.", domain)


def _warn(rule: str, message: str, domain: str) -> Finding:
    return Finding(rule, Severity.WARN, FIELD, message, excerpt=domain)
