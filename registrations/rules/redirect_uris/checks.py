"""Section 1 of the rules: which addresses may receive the authorization code.

Nothing here rewrites an address: it is stored and compared as the exact string (RFC 9700 section 2.1). Where
the spelling is wrong, the finding suggests the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from registrations.rules import copied
from registrations.rules.copied import REDIRECT_URI
from registrations.rules.data.gui_clients import GUI_CLIENT_HOSTS
from registrations.rules.findings import LINE_END, Finding, Waived, quote, waives
from registrations.rules.redirect_uris import hosts, paths, spelling, text
from registrations.rules.redirect_uris.findings import FIELD, counted, passing, reject, settled, warn
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.shape import ParsedUri, authority_flaw, scheme_flaw, split
from registrations.rules.redirect_uris.similar_uris import Listed
from registrations.rules.vocabulary import MAX_REDIRECT_URIS, Environment

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
    hosts.idn_invalid,
    hosts.pleo_host,
    spelling.spelling,
    spelling.dot_segment,
    spelling.encoded_delimiter,
    spelling.one_per_entry,
    spelling.reserved_parameter,
)
"""The rules for a parsed address in the order of the checks; those for its text and syntax come first."""

_WARNING: Final[tuple[Rule, ...]] = (
    hosts.idn,
    hosts.unknown_tld,
    hosts.tunnel,
    hosts.shortener,
    hosts.inspector,
    hosts.public_client,
    hosts.platform_root,
    hosts.brand_in_host,
    paths.host_placeholder,
    hosts.public_ip,
    paths.forwards,
    paths.path_placeholder,
    paths.double_slash,
    paths.odd_escape,
    paths.escape_spelling,
    paths.default_port,
    paths.no_path,
)

NO_ENTRY: Final = "This is not an address. Remove this line."
"""About a line that came along with a list, such as its name or a bracket."""
_COPIED: Final = frozenset({"R-58", "R-65"})
"""Warnings that a copy may explain: for them it is offered what the address was before."""


def host_of(uri: str) -> str:
    """The host of an address that :func:`check` does not reject; IPv6 in brackets."""
    return split(uri).host


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
    listed = Listed()
    findings = [] if uris else check("")
    if len(uris) > MAX_REDIRECT_URIS:
        message = f"There are {len(uris)} addresses; the limit is {MAX_REDIRECT_URIS}."
        findings.append(reject("R-34", message))
    of_entries: list[Finding] = []
    for index, uri in enumerate(uris):
        of_entries += [finding.at(FIELD, index) for finding in _check(uri, environment, listed, waived)]
        listed.add(uri)
    if len(uris) > 1 and len(of_entries) > 1:
        findings += _copied_list(uris, of_entries, _left_to_correct(environment, Listed(), waived))
    return findings + of_entries


def _copied_list(
    uris: Sequence[str], found: Sequence[Finding], left_to_correct: Callable[[str], Finding | None]
) -> Iterator[Finding]:
    """One suggestion for a list that a copy damaged in several lines, beside those for its lines.

    It repeats the finding about the first damaged line: the rules say nothing more about the whole.
    """
    was = copied.mended(LINE_END.join(uris), REDIRECT_URI)
    if was is None or len(was.texts) > MAX_REDIRECT_URIS:
        return
    damaged = {index for index, uri in enumerate(uris) if uri not in was.texts}
    first_one = next((finding for finding in found if finding.rejects and finding.index in damaged), None)
    if first_one and len(damaged) > 1 and (better := passing(was.texts, left_to_correct)[0]):
        message = f"These lines look copied. Did you mean {counted(better)}?"
        yield replace(first_one, index=None, message=message, suggestion=better)


def _check(uri: str, environment: Environment | str | None, listed: Listed, waived: Waived) -> list[Finding]:
    answer = _judged(uri, environment, listed, waived)
    if isinstance(answer, Finding):
        if uri and copied.is_beside(uri, REDIRECT_URI):
            return [replace(answer, message=NO_ENTRY, suggestion=None)]
        return [settled(answer, uri, REDIRECT_URI, _left_to_correct(environment, listed, waived))]
    return [
        settled(found, uri, REDIRECT_URI, _left_to_correct(environment, listed, waived))
        if found.rule in _COPIED
        else found
        for found in _warnings(uri, *answer, environment, listed)
    ]


def _left_to_correct(
    environment: Environment | str | None, listed: Listed, waived: Waived
) -> Callable[[str], Finding | None]:
    """Asks for the first rejection of a corrected address, or for the placeholder that it would register."""

    def left_to_correct(better: str) -> Finding | None:
        answer = _judged(better, environment, listed, waived)
        if isinstance(answer, Finding):
            return answer
        return paths.host_placeholder(*answer) or paths.path_placeholder(*answer)

    return left_to_correct


def _judged(
    uri: str, environment: Environment | str | None, listed: Listed, waived: Waived
) -> Finding | tuple[Host, ParsedUri]:
    """The first rejection of an address, or its host and its parts."""
    if found := text.flaw(uri) or scheme_flaw(uri):
        return found
    parsed = split(uri)
    if found := authority_flaw(parsed):
        return found
    host = hosts.read(parsed.host)
    if found := first(_REJECTING, host, parsed, waived):
        return found
    if listed.holds(uri):
        return reject("R-35", "You already listed this address.")
    if environment == Environment.PRODUCTION and parsed.scheme == "http":
        message = (
            "Remove the local http addresses before going live, or register a second client for development."
        )
        return reject("R-64", message, excerpt=parsed.scheme)
    return host, parsed


def first(rules: Iterable[Rule], host: Host, parsed: ParsedUri, waived: Waived) -> Finding | None:
    """The finding of the first broken rule that is not waived; a waived rule hides no later one."""
    for rule in rules:
        found = rule(host, parsed)
        if found and not (found.rule in WAIVABLE and waives(waived, found.rule, parsed.text())):
            return found
    return None


def _warnings(
    uri: str, host: Host, parsed: ParsedUri, environment: Environment | str | None, listed: Listed
) -> Iterator[Finding]:
    if environment == Environment.PRODUCTION and (host.is_loopback or host.text in GUI_CLIENT_HOSTS):
        yield warn("R-63", "Fine for testing; remove before real customers connect.", excerpt=host.text)
    for rule in _WARNING:
        if found := rule(host, parsed):
            yield found
    if near := listed.near(uri):
        message = f"{quote(near, 200)} and {quote(uri, 200)} are almost the same. Do you need both addresses?"
        yield warn("R-51", f"{message} Both are kept.")
