"""CPU time of checking a client secret, compared with one SELECT by primary key in the same run.

An authorization server asks this at each token request. The client has an active and a retiring secret,
among those of other clients, on SQLite.

Goal: at most 1.2 times `ClientSecret.objects.get(pk=…)`, with the right secret and with a wrong one. Exits
with 1 if it is missed.
"""

import os
import sys
import tempfile
from pathlib import Path

import django

from bench.stopwatch import microseconds
from tests.packaging.surroundings import production

_folder = tempfile.TemporaryDirectory()
os.environ |= production(Path(_folder.name), DEBUG="true", LOG_LEVEL="ERROR")
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from registrations.models import ClientSecret  # noqa: E402
from registrations.queries.secrets import verifies  # noqa: E402
from registrations.workflow import secrets  # noqa: E402
from tests.support import people  # noqa: E402
from tests.support.registrations import reveal, revealed  # noqa: E402

MOST_TIMES_SELECT = 1.2
CLIENTS = 3


def main():
    call_command("migrate", verbosity=0)
    partner, reviewer = people.partner(), people.reviewer()
    for number in range(CLIENTS):
        client, old = revealed(partner, reviewer, client_name=f"Client {number}")
    secrets.rotate(client.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    new, pk = reveal(client, partner), client.secrets.first().pk
    print(f"{'µs of CPU for a check':<32}{'ours':>10}{'SELECT':>10}{'ratio':>8}")
    texts = {"the new secret": new, "the old secret": old, "a wrong secret": "0" * 64}
    worst = max(_line(name, client.client_id, text, pk) for name, text in texts.items())
    reached = worst <= MOST_TIMES_SELECT
    print(f"Goal (at most {MOST_TIMES_SELECT}×): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


def _line(name, client_id, text, pk):
    """Print one line; return the ratio of a check to the SELECT."""
    ours, select = microseconds(
        lambda: verifies(client_id, text), lambda: ClientSecret.objects.get(pk=pk), calls=100, rounds=10
    )
    print(f"{name:<32}{ours:>10.1f}{select:>10.1f}{ours / select:>7.2f}×")
    return ours / select


if __name__ == "__main__":
    sys.exit(main())
