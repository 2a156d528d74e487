"""Titles for rules whose code alone says too little."""

from __future__ import annotations

from typing import Final

TITLES: Final = {
    "ascii": "Plain ASCII",
    "bare": "Just the address",
    "brand": "Pleo in the name",
    "brand_in_host": "Pleo in a host name",
    "brand_maybe": "What may be Pleo",
    "bytes": "Size of the file",
    "charset": "Characters",
    "control": "Control characters",
    "count": "How many contacts",
    "domain": "A domain as a name",
    "duplicate": "Listed twice",
    "empty": "Nothing entered",
    "fragment": "Nothing behind a #",
    "host_percent": "Percent signs in the host",
    "host_syntax": "Spelling of the host",
    "idn": "International name",
    "idn_invalid": "International name that is not valid",
    "invisible": "Invisible characters",
    "ip_literal": "Number in place of a name",
    "ipv4_form": "Spelling of an IPv4 address",
    "look": "Worth a second look",
    "no_host": "Host is missing",
    "no_path": "Nothing behind the host",
    "non_ascii": "Plain ASCII",
    "not_absolute": "The whole address",
    "not_for_production": "For testing only",
    "not_public_ip": "IP address that is not public",
    "percent": "Percent signs",
    "platform_root": "Root of a platform",
    "production_http": "No http in production",
    "public_client": "Where no secret is kept",
    "public_ip": "Public IP address",
    "public_suffix": "A registry, not a site",
    "say_why": "Why a scope is needed",
    "single_label": "Local name",
    "special_tld": "Endings that do not work",
    "taken": "Name of another client",
    "throw_away": "Throw-away mailbox",
    "userinfo": "Nothing before an @",
}
"""By the code of the rule."""
