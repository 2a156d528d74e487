"""Every rule that a check can answer with, in plain words and in the order of the form.

Pages show the rules from here, and tests hold the registry against what the checks really answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registrations.rules.plain_words import (
    choices,
    contact_rules,
    logo_rules,
    names,
    pages,
    redirect_hosts,
    redirect_notes,
    redirect_spelling,
    redirect_text,
)
from registrations.rules.plain_words.entry import Rule


@dataclass(frozen=True, slots=True)
class Section:
    """The rules about one part of the form; ``key`` names it in addresses."""

    key: str
    title: str
    rules: tuple[Rule, ...]


SECTIONS: Final = (
    Section("client-name", "Client name", names.RULES),
    Section("pages", "Links to your pages", pages.RULES),
    Section("logo", "Logo", logo_rules.RULES),
    Section("contacts", "Contacts", contact_rules.RULES),
    Section("environment", "Environment", choices.ENVIRONMENT),
    Section(
        "redirect-uris",
        "Redirect URIs",
        redirect_text.RULES + redirect_hosts.RULES + redirect_spelling.RULES + redirect_notes.RULES,
    ),
    Section("scopes", "Scopes", choices.SCOPES),
    Section("pkce", "PKCE", choices.PKCE),
    Section("subject-type", "Subject type preference", choices.SUBJECT_TYPE),
    Section("confidential", "The client can keep a secret", choices.CONFIDENTIAL),
    Section("asking", "Asking a reviewer", choices.ASKING),
)
"""In the order of the form; within a section, the order in which checks look."""

RULES: Final = {rule.id: rule for section in SECTIONS for rule in section.rules}
