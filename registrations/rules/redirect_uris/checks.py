"""Section 1 of the rules: which addresses may receive the authorization code.

Nothing here rewrites an address: it is stored and compared as the exact string (RFC 9700 section 2.1). Where
the spelling is wrong, the finding suggests the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from registrations.rules.data.gui_clients import GUI_CLIENT_HOSTS
from registrations.rules.findings import Finding, Waived, quote, waives
from registrations.rules.redirect_uris import hosts
from registrations.rules.redirect_uris import shape as uri_shape
from registrations.rules.redirect_uris import spelling as uri_spelling
from registrations.rules.redirect_uris import text as uri_text
from registrations.rules.redirect_uris import warnings as uri_warnings
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.shape import ParsedUri
from registrations.rules.redirect_uris.similar_uris import Listed
from registrations.rules.vocabulary import MAX_REDIRECT_URIS, Environment

FIELD: Final = uri_text.FIELD
Rule = Callable[[Host, ParsedUri], Finding | None]

WAIVABLE: Final = frozenset({"R-29", "R-36", "R-37"})
"""Rules that a reviewer may override with a recorded reason (rule G-06)."""

_REJECTING: Final[tuple[Rule, ...]] = (
    hosts.loopback_alias,
    hosts.https_required,
    hosts.not_public_ip,
    hosts.single_label,
    hosts.special_tld,
    hosts.public_suffix,
    hosts.invalid_idn,
    hosts.pleo_host,
    uri_spelling.spelling,
    uri_spelling.dot_segment,
    uri_spelling.encoded_delimiter,
    uri_spelling.glued,
    uri_spelling.reserved_parameter,
)
_WARNING: Final[tuple[Rule, ...]] = (
    uri_warnings.idn,
    uri_warnings.unknown_tld,
    uri_warnings.tunnel,
    uri_warnings.shortener,
    uri_warnings.inspector,
    uri_warnings.public_client,
    uri_warnings.platform_root,
    uri_warnings.brand_in_host,
    uri_warnings.host_placeholder,
    uri_warnings.public_ip,
    uri_warnings.forwards,
    uri_warnings.path_placeholder,
    uri_warnings.double_slash,
    uri_warnings.odd_escape,
    uri_warnings.escape_spelling,
    uri_warnings.default_port,
    uri_warnings.no_path,
)
_MOST_CORRECTIONS: Final = 8
"""A suggestion that needs more steps than this is a guess."""


def parse(uri: str) -> ParsedUri:
    """The exact parts of an address that :func:`check` does not reject."""
    return uri_shape.split(uri)


def host_of(uri: str) -> str:
    """The host of an address that :func:`check` does not reject; IPv6 in brackets."""
    return parse(uri).host


def check(
    uri: str,
    *,
    environment: Environment | str | None = None,
    existing: Sequence[str] = (),
    waived: Waived = (),
) -> list[Finding]:
    """The first rejection of one entry, or else every warning about it, in a fixed order.

    ``existing`` are the entries listed before it (R-35, R-51). ``waived`` names rules of :data:`WAIVABLE`
    that are left to a reviewer: the check continues past them.
    """
    return _check(uri, environment, Listed(existing), waived)


def check_all(
    uris: Sequence[str],
    *,
    environment: Environment | str | None = None,
    waived: Waived = (),
) -> list[Finding]:
    """Findings about every entry, each with its 0-based index, and about their number (1 to 20)."""
    listed, findings = Listed(), list(_wrong_count(len(uris)))
    for index, uri in enumerate(uris):
        findings += [finding.at(FIELD, index) for finding in _check(uri, environment, listed, waived)]
        listed.add(uri)
    return findings


def _wrong_count(count: int) -> Iterable[Finding]:
    if count == 0 and (missing := uri_text.flaw("")):
        yield missing
    if count > MAX_REDIRECT_URIS:
        message = f"There are {count} addresses; the limit is {MAX_REDIRECT_URIS}."
        yield uri_text.reject("R-34", message)


def _check(uri: str, environment: Environment | str | None, listed: Listed, waived: Waived) -> list[Finding]:
    def rejection(better: str) -> Finding | None:
        read = _read(better)
        return read if isinstance(read, Finding) else _refused(better, *read, environment, listed, waived)

    read = _read(uri)
    if isinstance(read, Finding):
        return [settled(read, rejection)]
    if found := _refused(uri, *read, environment, listed, waived):
        return [settled(found, rejection)]
    return list(_warnings(uri, *read, environment, listed))


def settled(finding: Finding, recheck: Callable[[str], Finding | None]) -> Finding:
    """The finding with a suggestion that passes every rule: corrected further where needed, or dropped."""
    better = finding.suggestion or None
    left: Finding | None = None
    for _ in range(_MOST_CORRECTIONS):
        following = recheck(better) if better else None
        if following is None:
            break
        better, left = following.suggestion, following
    else:
        better = None
    return _with_suggestion(finding, better, left)


def _with_suggestion(finding: Finding, better: str | None, left: Finding | None) -> Finding:
    """The finding with ``better`` as its suggestion and a message to match.

    The message offers only what is suggested; without a suggestion it names what would be ``left`` to
    correct.
    """
    if better == finding.suggestion:
        return finding
    if uri_text.WRITE_IT in finding.message:
        return _rewritten(finding, better, left)
    statement, asked, _ = finding.message.partition(uri_text.QUESTION)
    question = uri_text.did_you_mean(better) if asked else ""
    return replace(finding, message=statement + question, suggestion=better)


def _rewritten(finding: Finding, better: str | None, left: Finding | None) -> Finding:
    statement = finding.message.partition(uri_text.WRITE_IT)[0]
    if better or left is None:
        advice = uri_text.write_it_as(better) if better else ""
    else:
        advice = f"As {quote(finding.suggestion or '', 200)} it would still be refused: {left.message}"
    return replace(finding, message=statement + advice, suggestion=better)


def _read(uri: str) -> Finding | tuple[Host, ParsedUri]:
    """The parsed address, or the finding that prevents parsing it (R-01 to R-21)."""
    if found := uri_text.flaw(uri) or uri_shape.scheme_flaw(uri):
        return found
    parsed = uri_shape.split(uri)
    return uri_shape.authority_flaw(parsed) or (hosts.read(parsed.host), parsed)


def _refused(
    uri: str,
    host: Host,
    parsed: ParsedUri,
    environment: Environment | str | None,
    listed: Listed,
    waived: Waived,
) -> Finding | None:
    return first(_REJECTING, host, parsed, waived) or _misplaced(uri, parsed, environment, listed)


def first(rules: Iterable[Rule], host: Host, parsed: ParsedUri, waived: Waived) -> Finding | None:
    """The finding of the first broken rule that is not waived; a waived rule hides no later one."""
    for rule in rules:
        found = rule(host, parsed)
        if found is not None and not _is_waived(found.rule, parsed, waived):
            return found
    return None


def _is_waived(rule: str, parsed: ParsedUri, waived: Waived) -> bool:
    return rule in WAIVABLE and waives(waived, rule, parsed.text())


def _misplaced(
    uri: str, parsed: ParsedUri, environment: Environment | str | None, listed: Listed
) -> Finding | None:
    """R-35 and R-64: an address that is listed twice, or that production does not allow."""
    if listed.holds(uri):
        return uri_text.reject("R-35", "You already listed this address.")
    if environment == Environment.PRODUCTION and parsed.scheme == "http":
        message = (
            "Remove the local http addresses before going live, or register a second client for development."
        )
        return uri_text.reject("R-64", message, excerpt=parsed.scheme)
    return None


def _warnings(
    uri: str, host: Host, parsed: ParsedUri, environment: Environment | str | None, listed: Listed
) -> Iterator[Finding]:
    if environment == Environment.PRODUCTION and (host.is_loopback or host.text in GUI_CLIENT_HOSTS):
        message = "Fine for testing; remove before real customers connect."
        yield uri_warnings.warn("R-63", message, excerpt=host.text)
    for rule in _WARNING:
        if found := rule(host, parsed):
            yield found
    if listed.nearly_holds(uri):
        yield uri_warnings.warn("R-51", "Both are kept. Do you need both?")
