"""Every rule that a check can answer with, in plain words and in the order of the form.

Pages show the rules from here, and tests hold the registry against what the checks really answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registrations.rules.rule import Rule
from registrations.rules.words import (
    client_names,
    contacts,
    hosts,
    logos,
    metadata,
    overrides,
    pkce,
    scopes,
    uri_shape,
    uri_spelling,
    uri_text,
    uri_warnings,
    web_uris,
)


@dataclass(frozen=True, slots=True)
class Section:
    """The rules about one part of the form; ``key`` names it in addresses."""

    key: str
    title: str
    rules: tuple[Rule, ...]


SECTIONS: Final = (
    Section("client-name", "Client name", client_names.RULES),
    Section("pages", "Links to your pages", web_uris.RULES),
    Section("logo", "Logo", logos.RULES),
    Section("contacts", "Contacts", contacts.RULES),
    Section("environment", "Environment", metadata.ENVIRONMENT),
    Section(
        "redirect-uris",
        "Redirect URIs",
        uri_text.RULES + uri_shape.RULES + hosts.RULES + uri_spelling.RULES + uri_warnings.RULES,
    ),
    Section("scopes", "Scopes", scopes.RULES),
    Section("pkce", "PKCE", pkce.RULES),
    Section("subject-type", "Subject type preference", metadata.SUBJECT_TYPE),
    Section("confidential", "The client can keep a secret", metadata.CONFIDENTIAL),
    Section("asking", "Asking a reviewer", overrides.RULES),
)
"""In the order of the form; within a section, the order in which checks look."""

RULES: Final = {rule.id: rule for section in SECTIONS for rule in section.rules}
