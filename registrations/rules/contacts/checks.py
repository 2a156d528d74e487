"""The people responsible for a client: rules C-01 to C-11, one email address per entry.

A function per rule, named as the rule's code. :data:`REJECTIONS` and :data:`WARNINGS` list them in the order
of the checks: problems around an address come before problems inside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import idna

from registrations.rules import public_suffixes
from registrations.rules.addresses import ends_in_number
from registrations.rules.contacts.slips import known_domain_near
from registrations.rules.copied import MAILBOX, Source, belongs_elsewhere, is_beside, is_name_of, mended
from registrations.rules.data.blank_signs import TAKES_NO_ROOM
from registrations.rules.data.local_names import LOOPBACK_TLDS, SPECIAL_TLDS
from registrations.rules.data.mail_domains import FORWARDING, FREE_MAIL, MACHINES, PLEO, THROW_AWAY, UNREAD
from registrations.rules.findings import LINE_END, Finding, Severity, Waived, quote, waives
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
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
_BETWEEN_WORDS: Final = re.compile(r"[^a-z]+")
_MOST_PARTS: Final = 3
"""In how many parts people write one word of :data:`UNREAD`: do-not-reply."""
_APOSTROPHES: Final = frozenset("'‘’")
"""Allowed inside a mailbox name; round the whole entry they are quotation marks."""
_OTHER_ADDRESS: Final = re.compile(r"\w\.\w|\[at\]|\(at\)", re.IGNORECASE)
"""What may be an address that is not written as one."""
_JUST_THE_ADDRESS: Final = "Enter just the address, one per line."
_NO_ENTRY: Final = "This is not an email address. Remove this line."
_MAY_BE_COPIED: Final = frozenset({"C-02", "C-03", "C-04"})
"""Rules about what stands round an address or in place of one of its characters."""

_reject = partial(Finding, severity=Severity.REJECT, field=FIELD)
_warn = partial(Finding, severity=Severity.WARN, field=FIELD)


@dataclass(frozen=True, slots=True)
class Contact:
    """An entry to check.

    ``listed`` are the keys of the entries before it. ``waived`` rules are left to a reviewer (only C-07 can
    be).
    """

    text: str
    listed: Set[_Key] = frozenset()
    waived: Waived = ()

    @property
    def mailbox(self) -> str:
        return self.text.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What follows the last @, in lower case; without one, the whole entry."""
        return self.text.rpartition("@")[2].lower()

    @property
    def key(self) -> _Key:
        """The key for finding duplicates: domains compare without case, mailboxes with (C-06)."""
        return self.mailbox, self.domain

    def is_below(self, names: frozenset[str]) -> bool:
        """Whether the domain or one above it is one of ``names``."""
        labels = self.domain.split(".")
        return any(".".join(labels[at:]) in names for at in range(len(labels)))

    def findings(self) -> list[Finding]:
        """The rejection by the first broken rule, or else every warning."""
        if rejection := self.rejection():
            if self.text and is_beside(self.text, MAILBOX):
                return [replace(rejection, message=_NO_ENTRY, suggestion=None)]
            return [offering(self, rejection)]
        return [warning for rule in WARNINGS if (warning := rule(self))]

    def rejection(self) -> Finding | None:
        """The rejection by the first broken rule."""
        return next((rejection for rule in REJECTIONS if (rejection := rule(self))), None)


def check(contact: str, *, existing: Sequence[str] = (), waived: Waived = ()) -> list[Finding]:
    """The rejection by the first broken rule, or else every warning.

    ``existing`` are the entries listed before it (C-06). ``waived`` rules are left to a reviewer (only C-07
    can be).
    """
    return Contact(contact, {Contact(other).key for other in existing}, waived).findings()


def check_all(contacts: Sequence[str], *, waived: Waived = ()) -> list[Finding]:
    """Findings about every entry, each with its 0-based index, and about their number (1 to 10)."""
    if not contacts:
        return [_reject("C-01", message="Enter at least one email address.")]
    found = []
    if len(contacts) > MAX_CONTACTS:
        found.append(_reject("C-01", message=f"Enter at most {MAX_CONTACTS} email addresses."))
    of_entries: list[Finding] = []
    listed: set[_Key] = set()
    for index, text in enumerate(contacts):
        contact = Contact(text, listed, waived)
        of_entries += [finding.at(FIELD, index) for finding in contact.findings()]
        listed.add(contact.key)
    if len(contacts) > 1 and len(of_entries) > 1:
        found += _copied_list(contacts, of_entries, waived)
    return found + of_entries


def _copied_list(contacts: Sequence[str], found: Sequence[Finding], waived: Waived) -> Iterator[Finding]:
    """One suggestion for a list that a copy damaged in several lines, beside those for its lines.

    It repeats the finding about the first damaged line: the rules say nothing more about the whole.
    """
    was = mended(LINE_END.join(contacts), MAILBOX)
    texts = was.texts if was else ()
    damaged = {index for index, text in enumerate(contacts) if text not in texts}
    first_one = next((finding for finding in found if finding.rejects and finding.index in damaged), None)
    better = _acceptable_list(Contact("", waived=waived), texts)
    if first_one and better and len(damaged) > 1:
        message = "These lines look copied. Did you mean the addresses in them?"
        yield replace(first_one, index=None, message=message, suggestion=better)


def count(contact: Contact) -> Finding | None:
    """C-01: an empty entry."""
    return None if contact.text else _reject("C-01", message="Enter at least one email address.")


def bare(contact: Contact) -> Finding | None:
    """C-03: a display name, ``mailto:``, a list, quotation marks, brackets, a blank or a line break."""
    text = contact.text
    is_quoted = text[0] in _APOSTROPHES and text[-1] in _APOSTROPHES
    is_labelled = "=" in text and is_name_of(MAILBOX, text.partition("=")[0])
    is_wrapped = is_quoted or is_labelled or text.lower().startswith("mailto:")
    if not is_wrapped and not any(
        sign in _WRAPPING or sign.isspace() or unicodedata.category(sign) in _UNSEEN for sign in text
    ):
        return None
    return _reject("C-03", message=_JUST_THE_ADDRESS, excerpt=text, suggestion=_addresses_in(text))


def _addresses_in(text: str) -> str | None:
    """The addresses in a text, each once and one a line, without what takes no room and nobody typed."""
    text = "".join(sign for sign in text if sign not in TAKES_NO_ROOM)
    return LINE_END.join(dict.fromkeys(_BARE.findall(text.strip("'‘’“”„«»")))) or None


def _may_hold_another(text: str) -> bool:
    """Whether a part of a text, beside an address, may be one that is not written as such."""
    parts = re.split("[,;|\n]", text)
    others = [part for part in parts if "@" not in part]
    return len(others) < len(parts) and any(map(_OTHER_ADDRESS.search, others))


def plain_ascii(contact: Contact) -> Finding | None:
    """C-04: letters beyond ASCII. Suggests the domain in punycode where the rest of the address is ASCII."""
    if contact.text.isascii():
        return None
    mailbox, _, domain = contact.text.rpartition("@")
    try:
        punycode = idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        punycode = ""
    if domain.isascii() or not punycode:
        message = "Only plain ASCII letters are accepted in an address."
        return _reject("C-04", message=message, excerpt=contact.text)
    return _reject(
        "C-04",
        message=f"Write the domain as {quote(punycode)}.",
        excerpt=domain,
        suggestion=f"{mailbox}@{punycode}",
    )


def address(contact: Contact) -> Finding | None:
    """C-02: no email address at all, or one that is too long."""
    mailbox, _, domain = contact.text.rpartition("@")
    is_short = len(contact.text) <= _MAX_LENGTH and len(mailbox) <= _MAX_MAILBOX_LENGTH
    if is_short and _MAILBOX.fullmatch(mailbox) and _DOMAIN.fullmatch(domain):
        return None
    return _reject("C-02", message="This is not an email address.", excerpt=contact.text)


def public_domain(contact: Contact) -> Finding | None:
    """C-05: a local name, an IP address, or an ending that does not work on the internet."""
    domain = contact.domain
    tld = domain.rpartition(".")[2]
    if "." in domain and not ends_in_number(domain) and tld not in SPECIAL_TLDS | LOOPBACK_TLDS:
        return None
    return _reject("C-05", message=f"We cannot send mail to {quote(domain)}.", excerpt=domain)


def duplicate(contact: Contact) -> Finding | None:
    """C-06: the same address as an entry before it."""
    if contact.key not in contact.listed:
        return None
    return _reject("C-06", message="Already listed.", excerpt=contact.text)


def throw_away(contact: Contact) -> Finding | None:
    """C-07: a mailbox for a few minutes."""
    if not contact.is_below(THROW_AWAY) or waives(contact.waived, "C-07", contact.text):
        return None
    return _reject("C-07", message="Use an address you will keep.", excerpt=contact.domain)


def pleo_address(contact: Contact) -> Finding | None:
    """C-08: an address at Pleo."""
    if not contact.is_below(PLEO):
        return None
    message = "An address at Pleo: Pleo asks who on your side is responsible."
    return _warn("C-08", message=message, excerpt=contact.domain)


def free_mail(contact: Contact) -> Finding | None:
    """C-09: a private mailbox at a mail service for everyone."""
    if not contact.is_below(FREE_MAIL):
        return None
    message = "A shared company mailbox is safer: people leave."
    return _warn("C-09", message=message, excerpt=contact.domain)


def mistyped_domain(contact: Contact) -> Finding | None:
    """C-10: an ending that no registry has, or a domain that is one slip away from a well-known one."""
    near = known_domain_near(contact.domain)
    better = f"{contact.mailbox}@{near}"
    if near and _acceptable(contact, better):
        message = f"Check the domain. Did you mean {quote(near)}?"
        return _warn("C-10", message=message, excerpt=contact.domain, suggestion=better)
    ending = contact.domain.rpartition(".")[2]
    if not near and public_suffixes.is_known_tld(ending):
        return None
    return _warn("C-10", message=f"Check the ending “.{quote(ending)}”.", excerpt="." + ending)


def unread(contact: Contact) -> Finding | None:
    """C-11: a mailbox that nobody reads, or an address at a relay."""
    *names, _ = contact.domain.split(".")
    if not contact.is_below(FORWARDING) and not any(map(_is_unread, [contact.mailbox, *names])):
        return None
    return _warn("C-11", message="Use an address that somebody reads.", excerpt=contact.text)


def _is_unread(name: str) -> bool:
    """Whether the name says that nobody reads what is sent there; what follows a + is up to the sender."""
    parts = [part for part in _BETWEEN_WORDS.split(name.lower().partition("+")[0]) if part]
    runs = (
        "".join(parts[at : at + length]) for at in range(len(parts)) for length in range(1, _MOST_PARTS + 1)
    )
    return "".join(parts) in MACHINES or not UNREAD.isdisjoint(runs)


def offering(contact: Contact, rejection: Finding) -> Finding:
    """The rejection with what the entry was before a copy damaged it, if no rule rejects that."""
    if rejection.rule not in _MAY_BE_COPIED:
        return rejection
    if _may_hold_another(contact.text):
        return replace(rejection, suggestion=None)
    copied, inside = mended(contact.text, MAILBOX), (rejection.suggestion or "").split(LINE_END)
    if message := belongs_elsewhere(copied.texts[0] if copied else contact.text, MAILBOX):
        return replace(rejection, message=message, suggestion=None)
    if len(inside) > 1 and (copied is None or len(inside) > len(copied.texts)):
        better = _acceptable_list(contact, inside)
        message = Source.LIST.value if better else rejection.message
        return replace(rejection, message=message, suggestion=better)
    if copied is None:
        return replace(rejection, suggestion=_acceptable_list(contact, inside))
    better = _acceptable_list(contact, copied.texts) or _acceptable_list(
        contact, [text.partition("?")[0] for text in copied.texts]
    )
    if better is None:
        return replace(rejection, suggestion=None)
    advice = "" if copied.source is Source.LIST else f" {_JUST_THE_ADDRESS}"
    return replace(rejection, message=copied.source.value + advice, suggestion=better)


def _acceptable_list(contact: Contact, texts: Sequence[str]) -> str | None:
    """The texts in place of the contact's, one a line, each as :func:`_acceptable` has it.

    None if one is not acceptable. Of several, those that are listed already are left out.
    """
    listed = set(contact.listed)
    passing: list[str] = []
    for text in texts if len(texts) <= MAX_CONTACTS else ():
        better = _acceptable(replace(contact, listed=listed), text) if text else None
        if better is not None:
            passing.append(better)
            listed.add(Contact(better).key)
        elif len(texts) == 1 or Contact(text).key not in listed:
            return None
    return LINE_END.join(passing) or None


def _acceptable(contact: Contact, text: str) -> str | None:
    """The text in place of the contact's, or what its rejection suggests, if no rule rejects that."""
    rejection = replace(contact, text=text).rejection()
    if rejection is None:
        return text
    better = rejection.suggestion
    return better if better and replace(contact, text=better).rejection() is None else None


_Rule = Callable[[Contact], Finding | None]
REJECTIONS: Final[tuple[_Rule, ...]] = (
    count,
    bare,
    plain_ascii,
    address,
    public_domain,
    duplicate,
    throw_away,
)
WARNINGS: Final[tuple[_Rule, ...]] = (pleo_address, free_mail, mistyped_domain, unread)
