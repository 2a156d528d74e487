"""What the portal asks the rules about people and organisations: rules O-01, O-02 and F-01.

The setting ``ACCOUNTS_RULES`` names this module, because the portal knows no registration.
"""

from __future__ import annotations

from typing import Final

from registrations.rules import client_names, public_suffixes
from registrations.rules.client_names import companies
from registrations.rules.client_names.checks import Name, brand, invisible, length, markup
from registrations.rules.data.mail_domains import FREE_MAIL, THROW_AWAY
from registrations.rules.free_text import problem as text_problem
from registrations.rules.free_text import written

__all__ = [
    "company_domain",
    "name_problem",
    "normalise",
    "person_problem",
    "skeleton",
    "text_problem",
    "written",
]

normalise = client_names.normalise
_OF_ORGANISATIONS: Final = (invisible, length, markup, brand)


def name_problem(name: str, *, accepts_brand: bool = False) -> str:
    """What is wrong with the name of an organisation (N-02, N-01, N-03, N-05), empty if nothing is.

    ``accepts_brand`` is whether staff accept Pleo's name in it.
    """
    given = Name(name, normalise(name), waived=("N-05",) if accepts_brand else ())
    finding = next((found for rule in _OF_ORGANISATIONS if (found := rule(given))), None)
    return finding.message if finding else ""


def person_problem(name: str) -> str:
    """What is wrong with the name of a person (F-01, on one line), empty if nothing is."""
    finding = invisible(Name(name, normalise(name)))
    return finding.message if finding else ""


def skeleton(name: str) -> str:
    """What the name looks like without its legal form: equal for ``Client ApS`` and ``Client Ltd`` (N-10)."""
    return client_names.skeleton(companies.without_legal_form(normalise(name)))


def company_domain(address: str) -> str:
    """The domain of an email address; empty where anyone can have one there (O-02)."""
    domain = address.rpartition("@")[2].lower()
    return "" if public_suffixes.registrable(domain) in FREE_MAIL | THROW_AWAY else domain
