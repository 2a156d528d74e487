"""Runs inside the previous release, with its own modules: fills its database and makes those who use it."""

import sys

import django

django.setup()

from portal.accounts.models import Organisation, Role  # noqa: E402
from tests.support import people  # noqa: E402
from tests.support.crowd import fill  # noqa: E402
from tests.support.registrations import a_draft  # noqa: E402


def main(registrations, partners):
    """The partners belong to organisations of the crowd, so that their lists are long."""
    fill(registrations, people.partner(), people.reviewer())
    for number in range(partners):
        home = Organisation.objects.get(name=f"Company {number:03}")
        a_draft(people.member(home, f"partner{number}@client.example", Role.ADMIN))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
