"""CPU time of the rules, compared with Django's URLValidator and a browser's parser in the same run.

Each line is the least CPU time of several repeats; the last column is the ratio to URLValidator. Compare
these ratios, not microseconds, between machines and days. URLValidator checks about a tenth of the
rules, and ada_url only splits the URL, so the rules can be as fast as neither.

Goals: an ordinary redirect URI in at most 2.5 times URLValidator's time, a whole record of 20 redirect
URIs under 5 ms. Exits with 1 if one is missed.
"""

import json
import sys
from pathlib import Path

import ada_url
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from bench.stopwatch import microseconds
from registrations.rules import metadata, redirect_uris
from registrations.rules.metadata import Metadata, RuleContext

VECTORS = Path(__file__).resolve().parents[1] / "tests/vectors/redirect_uris.jsonl"
ORDINARY = "https://client.example/oauth/callback"
MOST_TIMES_VALIDATOR = 2.5
MOST_MILLISECONDS = 5
URIS = [f"https://team-{number}.client.example/oauth/callback?tenant={number}" for number in range(20)]
RECORD = Metadata(
    client_name="Example Client",
    client_uri="https://client.example/",
    tos_uri="https://client.example/legal/tos.html",
    policy_uri="https://client.example/legal/privacy.pdf",
    contacts=("integrations@client.example",),
    initiation_uri="https://client.example/connect",
    configuration_uri="https://client.example/settings",
    redirect_uris=tuple(URIS),
    scope=("users:read", "users:write"),
    confidential=True,
)
WORLD = RuleContext(
    scopes=frozenset({"users:read", "users:write"}), taken=("Harbour Invoices", "Payroll Sync")
)


def main():
    settings.configure()
    print(f"{'µs per call':<44}{'rules':>10}{'URLValidator':>14}{'ada_url':>10}{'ratio':>8}")
    ratio = _line("an ordinary redirect URI", [ORDINARY], 1000)
    _line("a redirect URI of the vectors, on average", _vectors(), 1)
    _line("a redirect URI of the record, on average", URIS, 50)
    (record,) = microseconds(lambda: metadata.check(RECORD, WORLD), calls=10)
    print(f"{'a whole record of 20 redirect URIs':<44}{record:>10.1f}")
    return _verdict(ratio, record / 1000)


def _vectors():
    return [json.loads(line)["uri"] for line in VECTORS.read_text("utf-8").split("\n") if line]


def _line(name, uris, calls):
    """Print one line; return the ratio of the rules' time to URLValidator's."""
    validator = _quiet(URLValidator(schemes=["http", "https"]), ValidationError)
    checks = redirect_uris.check, validator, _quiet(ada_url.URL, ValueError)
    works = [lambda check=check: [check(uri) for uri in uris] for check in checks]
    ours, baseline, parser = (time / len(uris) for time in microseconds(*works, calls=calls))
    print(f"{name:<44}{ours:>10.1f}{baseline:>14.1f}{parser:>10.1f}{ours / baseline:>7.2f}×")
    return ours / baseline


def _quiet(check, refusal):
    def checked(uri):
        try:  # noqa: SIM105 — contextlib.suppress costs as much as what is measured here
            check(uri)
        except refusal:
            pass

    return checked


def _verdict(ratio, milliseconds):
    reached = ratio <= MOST_TIMES_VALIDATOR and milliseconds < MOST_MILLISECONDS
    goals = f"at most {MOST_TIMES_VALIDATOR}× for an ordinary URI, under {MOST_MILLISECONDS} ms for a record"
    print(f"Goals ({goals}): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
