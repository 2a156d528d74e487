"""The registry of all rules, in the order of the form.

Pages show the rules from here, and tests compare the registry with the findings that the checks really
return.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registrations.rules import words
from registrations.rules.client_names import words as client_names
from registrations.rules.contacts import words as contacts
from registrations.rules.logos import words as logos
from registrations.rules.pkce import words as pkce
from registrations.rules.redirect_uris import words as redirect_uris
from registrations.rules.rule import Rule
from registrations.rules.scopes import words as scopes
from registrations.rules.web_uris import words as web_uris


@dataclass(frozen=True, slots=True)
class Section:
    """The rules about one part of the form; ``key`` identifies the part in URLs."""

    key: str
    title: str
    rules: tuple[Rule, ...]


SECTIONS: Final = (
    Section("client-name", "Client name", client_names.RULES),
    Section("pages", "Links to your pages", web_uris.RULES),
    Section("logo", "Logo", logos.RULES),
    Section("contacts", "Contacts", contacts.RULES),
    Section("environment", "Environment", words.ENVIRONMENT),
    Section("redirect-uris", "Redirect URIs", redirect_uris.RULES),
    Section("scopes", "Scopes", scopes.RULES),
    Section("pkce", "PKCE", pkce.RULES),
    Section("free-text", "Reasons and other texts", words.FREE_TEXT),
    Section("subject-type", "Subject type preference", words.SUBJECT_TYPE),
    Section("confidential", "The client can keep a secret", words.CONFIDENTIAL),
    Section("asking", "Asking Pleo to accept a value", words.ASKING),
)
"""In the order of the form; within a section, in the order of the checks."""

RULES: Final = {rule.id: rule for section in SECTIONS for rule in section.rules}

SECTION_KEYS: Final = {
    field: section.key for section in reversed(SECTIONS) for rule in section.rules for field in rule.fields
}
"""By field, the first section with a rule about it."""
