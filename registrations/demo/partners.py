"""The organisations that submit the forty requests, each with its admin and its host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.accounts.actions import create_organisation
from portal.accounts.models import Organisation, User
from registrations.demo.people import Account


@dataclass(frozen=True)
class Partner:
    """The admin of an organisation, and the host of its clients."""

    user: User
    organisation: Organisation
    host: str


PARTNERS: Final[dict[str, tuple[str, str, str]]] = {
    "fjord": ("Fjord Software ApS", "fjord.example", "Freja Fjord"),
    "harbour": ("Harbour Accounting Ltd", "harbour.example", "Hugo Harbour"),
    "nordlys": ("Nordlys Payroll AB", "nordlys.example", "Nora Nordlys"),
    "tandem": ("Tandem Travel GmbH", "tandem.example", "Tilda Tandem"),
    "quill": (
        "Quill and Ledger Chartered Accountants and Business Advisers of the North LLP",
        "quill.example",
        "Quentin Alexander Featherstonehaugh-Quill of Ledger",
    ),
    "brightside": ("Brightside Cards Ltd", "brightside.example", "Bea Bright"),
    "brightslde": ("Brightside Cards ApS", "brightside-cards.example", "Bo Bright"),
    "orsted": ("Studio Ørsted", "orsted.example", "Oda Ørsted"),
    "kestrel": ("Kestrel Data", "kestrel.example", "Kit Kestrel"),
}
"""By a short name: the name of the organisation, its host, and the name of its admin. Two organisations look
alike."""

PARTNER_ACCOUNTS: Final = {
    key: Account(f"admin@{host}", full_name, f"admin of {name}")
    for key, (name, host, full_name) in PARTNERS.items()
}


def seed_partners() -> dict[str, Partner]:
    """Add the accounts and organisations that are missing; by their short names."""
    found = {}
    for key, (name, host, _) in PARTNERS.items():
        user = PARTNER_ACCOUNTS[key].user()
        organisation = user.organisations.first() or create_organisation(name, by=user)
        found[key] = Partner(user, organisation, host)
    return found
