"""The name that end users read: rules N-01 to N-10.

Order of the checks: N-02 N-01 N-03 N-05 N-04, then the warnings N-06 N-07 N-08 N-09 N-10.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from registrations.rules import public_suffixes
from registrations.rules.client_names import brand, scripts
from registrations.rules.client_names import suggestions as name_suggestions
from registrations.rules.client_names.folding import words
from registrations.rules.data.lookalikes import SIGNS_OF_LETTERS
from registrations.rules.data.status_words import STATUS_PHRASES, STATUS_SIGNS
from registrations.rules.findings import Finding, Severity, Waived, quote, waives
from registrations.rules.vocabulary import MAX_NAME_LENGTH, MAX_SKELETON_LENGTH, MIN_NAME_LENGTH

FIELD: Final = "client_name"
_BLANKS: Final = re.compile(r"[^\S\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.\-]*://|\b(?:https?|ftp|mailto|javascript|tel):\S|(?<![\w.-])www\d?\.|[^\s@]+@[^\s@]+\.[^\s@]",
    re.IGNORECASE,
)
_TAG: Final = re.compile(
    r"</?(?:a|b|br|div|em|font|h[1-6]|hr|i|img|li|p|small|span|strong|sub|sup|svg|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"<\s*/?\s*(?:script|style|iframe)\b", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"(?<![\w.-])((?:[^\W_][\w-]*\.)+([^\W\d_][\w-]+))(?![\w.-]*\w)(/\S)?")


def normalise(name: str) -> str:
    """The name as it is stored: NFC, trimmed, each run of blanks one space (section 3).

    Line breaks and other controls stay, so that rule N-02 finds them.
    """
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", name)).strip(" ")


def brand_verdict(text: str) -> Severity | None:
    """``REJECT`` for Pleo in any disguise (N-05), ``WARN`` for what may be Pleo (N-06), else ``None``."""
    return brand.verdict(text)


def suggestion(name: str) -> str | None:
    """The name without the brand, ``None`` where nothing usable is left (N-05)."""
    better = name_suggestions.without_brand(normalise(name))
    return better if better and _flaw(better, waived=()) is None else None


def skeleton(name: str) -> str:
    """What the name looks like: equal for names that readers would confuse (N-10).

    At most ``MAX_SKELETON_LENGTH`` characters, which any database can store. Empty for a name without letters
    and digits, which N-01 rejects.
    """
    return scripts.skeleton(normalise(name))[:MAX_SKELETON_LENGTH]


def check(name: str, *, taken: Collection[str] = (), waived: Waived = ()) -> list[Finding]:
    """The rejection by the first broken rule, or else every warning.

    ``taken`` are the names of other partners' clients. ``waived`` rules are left to a reviewer (G-06): the
    check continues past them.
    """
    flaw = _flaw(name, waived)
    return [flaw] if flaw else list(_warnings(normalise(name), taken))


def _flaw(name: str, waived: Waived) -> Finding | None:
    shown = normalise(name)
    invisible = scripts.first_invisible(name)
    if invisible is not None:
        return _invisible(invisible)
    if not _has_length(shown):
        return _reject("N-01", f"Enter a name of {MIN_NAME_LENGTH} to {MAX_NAME_LENGTH} characters.")
    if "<" in shown or ">" in shown:
        return _reject("N-03", "Remove < and >.", suggestion=_without_markup(shown))
    if brand_verdict(shown) is Severity.REJECT and not any(waives(waived, "N-05", v) for v in (name, shown)):
        return _brand(shown)
    address = _address_in(shown)
    return _reject("N-04", "Enter a name, not an address.", excerpt=address) if address else None


def _without_markup(shown: str) -> str | None:
    """The name without tags and stray angle brackets; ``None`` where that is no valid name."""
    if _SCRIPT.search(shown):
        return None
    better = normalise(re.sub("[<>]", " ", _TAG.sub(" ", shown)))
    return better if _flaw(better, waived=()) is None else None


def _reject(rule: str, message: str, *, suggestion: str | None = None, excerpt: str | None = None) -> Finding:
    return Finding(rule, Severity.REJECT, FIELD, message, suggestion=suggestion, excerpt=excerpt)


def _invisible(character: str) -> Finding:
    message = (
        f"The name contains an invisible character ({quote(character)}). Type it again instead of pasting."
    )
    return _reject("N-02", message, excerpt=character)


def _has_length(shown: str) -> bool:
    fits = MIN_NAME_LENGTH <= len(shown) <= MAX_NAME_LENGTH
    plain = unicodedata.normalize("NFKC", shown)
    return fits and any(letter.isalnum() or letter in SIGNS_OF_LETTERS for letter in plain)


def _brand(shown: str) -> Finding:
    better = suggestion(shown)
    if better is None:
        return _reject("N-05", "Leave Pleo out of the name.")
    message = f"Leave Pleo out of the name: instead of “{quote(shown)}” simply use “{quote(better)}”."
    return _reject("N-05", message, suggestion=better)


def _address_in(shown: str) -> str | None:
    plain = _with_plain_dots(shown)
    found = _ADDRESS.search(plain)
    if found:
        return found[0]
    return next((match[0] for match in _domains(plain) if match[3]), None)


def _with_plain_dots(shown: str) -> str:
    """The name with dots as browsers read them: the ideographic full stop separates labels as well."""
    return unicodedata.normalize("NFKC", shown).replace("\u3002", ".")


def _domains(text: str) -> Iterator[re.Match[str]]:
    """Parts that look like a domain and end in a known top-level domain."""
    return (match for match in _DOMAIN.finditer(text) if public_suffixes.is_known_tld(match[2].lower()))


def _warnings(shown: str, taken: Collection[str]) -> Iterator[Finding]:
    if brand_verdict(shown) is Severity.WARN:
        yield _warn("N-06", "We will check that this name cannot be mistaken for Pleo.")
    if _claims_status(shown):
        yield _warn("N-07", "Names may not claim a status.")
    if scripts.is_odd(shown):
        yield _warn("N-08", "We will check the lettering.")
    domain = next(_domains(_with_plain_dots(shown)), None)
    if domain:
        yield _warn("N-09", "Is this your domain?", excerpt=domain[1])
    if taken and skeleton(shown) in {skeleton(other) for other in taken}:
        yield _warn("N-10", "Another app has this name; we will check.")


def _warn(rule: str, message: str, excerpt: str | None = None) -> Finding:
    return Finding(rule, Severity.WARN, FIELD, message, excerpt=excerpt)


def _claims_status(shown: str) -> bool:
    if not STATUS_SIGNS.isdisjoint(shown):
        return True
    tokens = [part for one in words(shown) for part in one.tokens()]
    own = " ".join("".join(letter.own for letter in token) for token in tokens)
    folded = " ".join("".join(letter.folded for letter in token) for token in tokens)
    return any(f" {phrase} " in f" {own} | {folded} " for phrase in STATUS_PHRASES)
