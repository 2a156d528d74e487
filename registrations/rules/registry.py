"""The registry of all rules, in the order of the form.

Pages show the rules from here, and tests compare the registry with the findings that the checks really
return.
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
    """The rules about one part of the form; ``key`` identifies the part in URLs."""

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
"""In the order of the form; within a section, in the order of the checks."""

RULES: Final = {rule.id: rule for section in SECTIONS for rule in section.rules}
