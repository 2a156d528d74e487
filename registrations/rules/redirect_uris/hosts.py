"""Rules about hosts: R-23 to R-29, R-36 and R-37 reject, and those of R-52 to R-66 that are below warn.

Each takes a :class:`Host` whose syntax is known to be right (R-15 to R-21) and the whole address ``uri``, and
returns one finding or ``None``.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

import idna

from registrations.rules import public_suffixes
from registrations.rules.addresses import (
    Address,
    addresses_in,
    is_local,
    parse_ipv4,
    parse_ipv6,
    why_unreachable,
)
from registrations.rules.client_names import brand, brand_verdict
from registrations.rules.data.local_names import (
    ADDRESS_IN_NAME,
    ANSWERS_LOOPBACK,
    HOSTS_FILE_NAMES,
    LOOPBACK_HOSTS,
    LOOPBACK_TLDS,
    SPECIAL_TLDS,
)
from registrations.rules.data.tunnels_and_platforms import (
    AMAZON,
    BUCKET,
    DESKTOP_PAGES,
    INSPECTOR_PAGES,
    INSPECTORS,
    PUBLIC_CLIENTS,
    SHORTENERS,
    TUNNELS,
)
from registrations.rules.findings import Finding, Severity, quote
from registrations.rules.redirect_uris.findings import reject, warn
from registrations.rules.redirect_uris.shape import ParsedUri

ACE_PREFIX: Final = "xn--"
_BRAND: Final = "pleo"
_BRAND_DOMAIN: Final = "pleo.io"
_NAMED_LOOPBACK: Final = HOSTS_FILE_NAMES | ANSWERS_LOOPBACK
_MAY_LEAD_HOME: Final = _NAMED_LOOPBACK | ADDRESS_IN_NAME | LOOPBACK_TLDS
_FOR_DEVELOPMENT: Final = TUNNELS | ADDRESS_IN_NAME
_MAY_BE_PUBLIC: Final = PUBLIC_CLIENTS | AMAZON


class Host(NamedTuple):
    """A parsed host.

    ``suffixes`` are the lower-case name and what is left of it after each dot, down to the top-level domain;
    an IP address has none.
    """

    text: str
    lower: str
    suffixes: tuple[str, ...]
    address: Address | None

    @property
    def tld(self) -> str:
        """The top-level domain; empty for an IP address."""
        return self.suffixes[-1] if self.suffixes else ""

    @property
    def labels(self) -> list[str]:
        return self.lower.split(".") if self.suffixes else []

    @property
    def is_loopback(self) -> bool:
        """Whether it is one of the three hosts of the governing document, in exactly that spelling."""
        return self.text in LOOPBACK_HOSTS

    def is_below(self, names: frozenset[str]) -> bool:
        """Whether the host or a domain above it is one of ``names``."""
        return not names.isdisjoint(self.suffixes)

    @property
    def named_addresses(self) -> list[Address]:
        """The addresses in its name that a service such as nip.io may resolve it to."""
        if not self.is_below(ADDRESS_IN_NAME):
            return []
        service = next(suffix for suffix in self.suffixes if suffix in ADDRESS_IN_NAME)
        return addresses_in(self.lower.removesuffix(service))


def read(host: str) -> Host:
    """Parse a well-formed host."""
    lower = host.lower()
    address = parse_ipv6(host[1:-1]) if host[0] == "[" else parse_ipv4(host)
    if address:
        return Host(host, lower, (), address)
    suffixes = [lower]
    dot = lower.find(".")
    while dot >= 0:
        suffixes.append(lower[dot + 1 :])
        dot = lower.find(".", dot + 1)
    return Host(host, lower, tuple(suffixes), None)


def loopback_alias(host: Host, uri: ParsedUri) -> Finding | None:
    """R-24: another name for the partner's own machine or network.

    A name that holds an address may lead to another machine, so nothing is suggested for it.
    """
    if host.is_loopback:
        return None
    if host.address is not None:
        is_alias, certain = is_local(host.address), True
        better = "[::1]" if host.address.version == 6 else "127.0.0.1"
    elif not host.is_below(_MAY_LEAD_HOME):
        return None
    else:
        named = host.named_addresses
        certain = not any(map(why_unreachable, named))
        is_name = host.lower == "localhost" or (host.tld in LOOPBACK_TLDS and len(host.suffixes) > 1)
        is_alias = is_name or not certain or (host.is_below(_NAMED_LOOPBACK) and not named)
        better = "localhost" if host.tld in LOOPBACK_TLDS else "127.0.0.1"
    if not is_alias:
        return None
    message = (
        f"Only localhost, 127.0.0.1 (recommended) and [::1] are accepted for local development. Use {better}."
    )
    suggestion = uri._replace(host=better).text() if certain else None
    return reject("R-24", message, excerpt=host.text, suggestion=suggestion)


def https_required(host: Host, uri: ParsedUri) -> Finding | None:
    """R-23: plain http is only for the three loopback hosts, compared whole."""
    if host.is_loopback or uri.scheme.lower() != "http":
        return None
    message = "Use https://. Plain http is only for localhost, 127.0.0.1 and [::1]."
    port = None if uri.port == "80" else uri.port
    return reject(
        "R-23", message, excerpt=uri.scheme, suggestion=uri._replace(scheme="https", port=port).text()
    )


def not_public_ip(host: Host, uri: ParsedUri) -> Finding | None:
    """R-25: an address that the internet cannot reach."""
    if host.address is None or host.is_loopback:
        return None
    reason = why_unreachable(host.address)
    if reason is None:
        return None
    message = (
        f"“{quote(host.text)}” cannot be reached from the internet ({reason}). Use your public host name."
    )
    return reject("R-25", message, excerpt=host.text)


def single_label(host: Host, uri: ParsedUri) -> Finding | None:
    """R-27: a name without a dot."""
    if host.is_loopback or len(host.suffixes) != 1:
        return None
    message = f"“{quote(host.text)}” is a local name. Use the full public host name."
    return reject("R-27", message, excerpt=host.text)


def special_tld(host: Host, uri: ParsedUri) -> Finding | None:
    """R-28: a top-level domain that is reserved or for local use."""
    if host.tld not in SPECIAL_TLDS:
        return None
    message = f"Names ending in “.{quote(host.tld)}” do not work on the public internet."
    return reject("R-28", message, excerpt="." + host.tld)


def public_suffix(host: Host, uri: ParsedUri) -> Finding | None:
    """R-29: a domain under which others register names, and which nobody owns."""
    if len(host.suffixes) < 2 or not public_suffixes.is_registry(host.lower):
        return None
    message = f"“{quote(host.text)}” is a registry, not a site. Which name below it is yours?"
    return reject("R-29", message, excerpt=host.text)


def idn_invalid(host: Host, uri: ParsedUri) -> Finding | None:
    """R-37: an ``xn--`` label that IDNA 2008 would not produce from what it decodes to."""
    if ACE_PREFIX not in host.lower:
        return None
    for label in host.labels:
        if label.startswith(ACE_PREFIX) and unicode_label(label) is None:
            message = f"“{quote(label)}” is not a valid international domain name."
            return reject("R-37", message, excerpt=label)
    return None


def unicode_label(label: str) -> str | None:
    """A lower-case label in Unicode; ``None`` when its ``xn--`` form is not valid (RFC 5891)."""
    if not label.startswith(ACE_PREFIX):
        return label
    try:
        reading = idna.ulabel(label)
        return reading if idna.alabel(reading) == label.encode("ascii") else None
    except UnicodeError:
        return None


def unicode_name(host: Host) -> str:
    """The whole host in Unicode; labels that do not decode stay as they are."""
    return ".".join(unicode_label(label) or label for label in host.labels)


def pleo_host(host: Host, uri: ParsedUri) -> Finding | None:
    """R-36: Pleo's own domain, or a name in which every letter looks like Pleo's."""
    if _BRAND_DOMAIN not in host.suffixes and not _looks_like_brand(host):
        return None
    message = "This is Pleo's own address. Enter the address of your application."
    return reject("R-36", message, excerpt=host.text)


def _looks_like_brand(host: Host) -> bool:
    """Whether look-alike letters make the name read as the brand; a digit only warns (``p1eo``, R-59).

    That is a capital I for the l, or an international label of four letters, with or without marks, that the
    name check takes for the brand.
    """
    if ACE_PREFIX not in host.lower and "I" not in host.text:
        return False
    name = public_suffixes.registrable(host.lower)
    typed = host.text[len(host.text) - len(name) :].partition(".")[0]
    if not typed.lower().startswith(ACE_PREFIX):
        return not typed.isupper() and "I" in typed and typed.replace("I", "l").lower() == _BRAND
    reading = unicode_label(typed.lower()) or ""
    letters = [c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c)]
    is_word = len(letters) == len(_BRAND) and all(letter.isalpha() for letter in letters)
    return is_word and brand_verdict(reading) is Severity.REJECT


# --- Warnings --------------------------------------------------------------------------


def idn(host: Host, uri: ParsedUri) -> Finding | None:
    """R-52: an international name, shown as people will read it."""
    if ACE_PREFIX not in host.lower:
        return None
    reading = unicode_name(host)
    if reading == host.lower:
        return None
    return warn(
        "R-52", f"Reads as “{quote(reading, 253)}”. Check that this is the name you mean.", excerpt=reading
    )


def public_ip(host: Host, uri: ParsedUri) -> Finding | None:
    """R-53: an IP address, which does not show who owns it."""
    if host.address is None or host.is_loopback:
        return None
    return warn("R-53", "Use a host name if you can.", excerpt=host.text)


def unknown_tld(host: Host, uri: ParsedUri) -> Finding | None:
    """R-54: a top-level domain that the bundled list lacks: a typing error, or newer than the list."""
    if host.address is not None or host.is_loopback or public_suffixes.is_known_tld(host.tld):
        return None
    return warn("R-54", f"Check the ending “.{quote(host.tld)}”.", excerpt="." + host.tld)


def platform_root(host: Host, uri: ParsedUri) -> Finding | None:
    """R-55: the root of a hosting platform."""
    if len(host.suffixes) < 2 or not public_suffixes.is_platform(host.lower):
        return None
    return warn("R-55", "Did you leave out your app's name?", excerpt=host.text)


def tunnel(host: Host, uri: ParsedUri) -> Finding | None:
    """R-56: a tunnel, which may pass to somebody else, or a request catcher, which shows codes to others.

    A name that is resolved to the address in it goes to whoever has the address next.
    """
    if not host.is_below(_FOR_DEVELOPMENT):
        return None
    return warn("R-56", "For development only.", excerpt=host.text)


def inspector(host: Host, uri: ParsedUri) -> Finding | None:
    """R-57: a page that displays the code."""
    page = INSPECTOR_PAGES.get(host.lower)
    is_page = page is not None and f"{uri.path}/".startswith(f"{page}/")
    if not is_page and not host.is_below(INSPECTORS):
        return None
    return warn("R-57", "For development only.", excerpt=host.text)


def public_client(host: Host, uri: ParsedUri) -> Finding | None:
    """R-62: a host where nothing can keep a secret."""
    if host.is_below(_MAY_BE_PUBLIC):
        is_public = not host.is_below(AMAZON) or BUCKET.fullmatch(host.lower) is not None
    else:
        is_public = host.lower + uri.path in DESKTOP_PAGES
    if not is_public:
        return None
    message = "What runs at this host keeps no secret: where does the client secret live?"
    return warn("R-62", message, excerpt=host.text)


def shortener(host: Host, uri: ParsedUri) -> Finding | None:
    """R-66: a short link, whose target can be changed."""
    if not host.is_below(SHORTENERS):
        return None
    return warn("R-66", "Register the final address.", excerpt=host.text)


def brand_in_host(host: Host, uri: ParsedUri) -> Finding | None:
    """R-59: a label that reads as Pleo: often legitimate, always reviewed."""
    if ACE_PREFIX not in host.lower and not brand.is_worth_reading(host.lower):
        return None
    for label in host.labels:
        if brand_verdict(unicode_label(label) or label) is not None:
            return warn(
                "R-59",
                "Pleo’s name is in this host name: Pleo checks that the domain is your own.",
                excerpt=label,
            )
    return None
