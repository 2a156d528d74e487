"""The rules about names and texts of people and organisations, from the module that a setting names.

The portal may not import registrations, where rules are kept.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from django.conf import settings


class AccountsRules(Protocol):
    """What that module holds; its functions are pure."""

    def normalise(self, name: str) -> str:
        """The name as it is stored."""

    def name_problem(self, name: str, *, accepts_brand: bool = False) -> str:
        """What is wrong with the name of an organisation; empty if nothing is."""

    def person_problem(self, name: str) -> str:
        """What is wrong with the name of a person; empty if nothing is."""

    def skeleton(self, name: str) -> str:
        """What the name looks like: equal for names that readers would confuse."""

    def company_domain(self, address: str) -> str:
        """The domain of an email address; empty where anyone can have one there."""

    def text_problem(self, text: str) -> str:
        """What is wrong with a free text; empty if nothing is."""

    def written(self, text: str) -> str:
        """The free text without blanks around it; empty where nothing of it can be seen."""


rules = cast(AccountsRules, import_module(settings.ACCOUNTS_RULES))
