"""The name that end users read: rules N-01 to N-11.

A function per rule, named as the rule's code. :data:`REJECTIONS` and :data:`WARNINGS` list them in the order
of the checks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from registrations.rules import public_suffixes
from registrations.rules.client_names import companies, scripts, suggestions
from registrations.rules.client_names.brand import verdict as brand_verdict
from registrations.rules.client_names.folding import words
from registrations.rules.client_names.wrappings import unwrapped
from registrations.rules.data.lookalikes import SIGNS_OF_LETTERS
from registrations.rules.data.status_words import STATUS_PHRASES, STATUS_SIGNS
from registrations.rules.findings import Finding, Severity, Waived, quote, waives
from registrations.rules.vocabulary import MAX_NAME_LENGTH, MAX_SKELETON_LENGTH, MIN_NAME_LENGTH

FIELD: Final = "client_name"
TAKEN: Final = "This name looks like that of another partner’s client. We will check."
"""Not that it is the same name, and never whose."""
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

_reject = partial(Finding, severity=Severity.REJECT, field=FIELD)
_warn = partial(Finding, severity=Severity.WARN, field=FIELD)


class Name(NamedTuple):
    """A name to check, as ``typed`` and as it is stored (``shown``).

    ``others`` are the names of other partners' clients. ``waived`` rules are left to a reviewer (G-06).
    """

    typed: str
    shown: str
    others: Collection[str] = ()
    waived: Waived = ()

    @property
    def with_plain_dots(self) -> str:
        """The name with dots as browsers read them: the ideographic full stop separates labels as well."""
        return unicodedata.normalize("NFKC", self.shown).replace("\u3002", ".")

    @property
    def domains(self) -> Iterator[re.Match[str]]:
        """The parts that look like a domain and end in a known top-level domain."""
        found = _DOMAIN.finditer(self.with_plain_dots)
        return (match for match in found if public_suffixes.is_known_tld(match[2].lower()))


def normalise(name: str) -> str:
    """The name as it is stored: NFC, trimmed, each run of blanks one space (section 3).

    Line breaks and other controls stay, so that rule N-02 finds them.
    """
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", name)).strip(" ")


def suggestion(name: str) -> str | None:
    """The name without what a copy left round it and without the brand, ``None`` where nothing usable is left
    (N-05)."""
    better = normalise(unwrapped(normalise(name)))
    if brand_verdict(better) is Severity.REJECT:
        better = unwrapped(suggestions.without_brand(better) or "")
    return better if _is_accepted(better) else None


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
    given = Name(name, normalise(name), taken, waived)
    for rule in REJECTIONS:
        if rejection := rule(given):
            return [replace(rejection, suggestion=rejection.suggestion or suggestion(name))]
    return [warning for rule in WARNINGS if (warning := rule(given))]


def _is_accepted(name: str) -> bool:
    """Whether the text is a name that no rule rejects, and more than a legal form or a generic word."""
    return companies.names_something(name) and not _is_rejected(name)


def _is_rejected(name: str) -> bool:
    given = Name(name, normalise(name))
    return any(rule(given) for rule in REJECTIONS)


def _as_seen(name: str) -> str | None:
    """The name as people see it, or what is suggested for that; ``None`` where neither is a name."""
    seen = normalise(unwrapped(normalise(scripts.as_seen(name))))
    if scripts.first_invisible(seen) is not None:
        return None
    return suggestion(seen) if _is_rejected(seen) else seen


def invisible(name: Name) -> Finding | None:
    """N-02: invisible characters, also those that normalising would remove."""
    character = scripts.first_invisible(name.typed)
    if character is None:
        return None
    better = _as_seen(name.typed)
    advice = f"Did you mean “{quote(better)}”?" if better else "Type it again instead of pasting."
    message = f"The name contains an invisible character ({quote(character)}). {advice}"
    return _reject("N-02", message=message, excerpt=character, suggestion=better)


def length(name: Name) -> Finding | None:
    """N-01: too short, too long, or without any letter or digit."""
    plain = unicodedata.normalize("NFKC", name.shown)
    has_letter = any(sign.isalnum() or sign in SIGNS_OF_LETTERS for sign in plain)
    if MIN_NAME_LENGTH <= len(name.shown) <= MAX_NAME_LENGTH and has_letter:
        return None
    return _reject("N-01", message=f"Enter a name of {MIN_NAME_LENGTH} to {MAX_NAME_LENGTH} characters.")


def markup(name: Name) -> Finding | None:
    """N-03: angle brackets. Suggests the name without its tags, unless a script was among them."""
    if "<" not in name.shown and ">" not in name.shown:
        return None
    is_script = _SCRIPT.search(name.shown) is not None
    better = None if is_script else suggestion(re.sub("[<>]", " ", _TAG.sub(" ", name.shown)))
    return _reject("N-03", message="Remove < and >.", suggestion=better)


def brand(name: Name) -> Finding | None:
    """N-05: Pleo in any disguise."""
    if brand_verdict(name.shown) is not Severity.REJECT:
        return None
    if any(waives(name.waived, "N-05", value) for value in (name.typed, name.shown)):
        return None
    better = suggestion(name.shown)
    if better is None:
        return _reject("N-05", message="Leave Pleo out of the name.")
    message = f"Leave Pleo out of the name: instead of “{quote(name.shown)}” simply use “{quote(better)}”."
    return _reject("N-05", message=message, suggestion=better)


def address(name: Name) -> Finding | None:
    """N-04: a URI or an email address, or a domain with a path."""
    found = _ADDRESS.search(name.with_plain_dots)
    with_path = (match for match in name.domains if match[3])
    if match := found or next(with_path, None):
        return _reject("N-04", message="Enter a name, not an address.", excerpt=match[0])
    return None


def brand_maybe(name: Name) -> Finding | None:
    """N-06: what may be Pleo, and what a waived N-05 leaves."""
    if brand_verdict(name.shown) is not Severity.WARN:
        return None
    return _warn("N-06", message="We will check that this name cannot be mistaken for Pleo.")


def status_claim(name: Name) -> Finding | None:
    """N-07: a word or sign for a status with Pleo; words count as written and as what they look like."""
    tokens = [token for word in words(name.shown) for token in word.tokens()]
    own = " ".join("".join(letter.own for letter in token) for token in tokens)
    folded = " ".join("".join(letter.folded for letter in token) for token in tokens)
    has_phrase = any(f" {phrase} " in f" {own} | {folded} " for phrase in STATUS_PHRASES)
    if not has_phrase and STATUS_SIGNS.isdisjoint(name.shown):
        return None
    return _warn("N-07", message="Names may not claim a status.")


def mixed_script(name: Name) -> Finding | None:
    """N-08: a word that mixes scripts or stacks marks."""
    return _warn("N-08", message="We will check the lettering.") if scripts.is_odd(name.shown) else None


def domain(name: Name) -> Finding | None:
    """N-09: a domain as a name."""
    found = next(name.domains, None)
    return _warn("N-09", message="Is this your domain?", excerpt=found[1]) if found else None


def taken(name: Name) -> Finding | None:
    """N-10: the look of another partner's client."""
    if not name.others or skeleton(name.shown) not in {skeleton(other) for other in name.others}:
        return None
    return _warn("N-10", message=TAKEN)


def wrapped(name: Name) -> Finding | None:
    """N-11: quotation marks, Markdown and the like, which came along with a copy."""
    better = normalise(unwrapped(name.shown))
    is_bare = " " not in better and not companies.names_something(better)
    if better == name.shown or is_bare or _is_rejected(better):
        return None
    message = (
        f"Your users would read “{quote(name.shown)}” exactly as it stands. Did you mean “{quote(better)}”?"
    )
    return _warn("N-11", message=message, suggestion=better)


_Rule = Callable[[Name], Finding | None]
REJECTIONS: Final[tuple[_Rule, ...]] = (invisible, length, markup, brand, address)
WARNINGS: Final[tuple[_Rule, ...]] = (brand_maybe, status_claim, mixed_script, domain, taken, wrapped)
