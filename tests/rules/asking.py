"""Short ways to ask the rules about one redirect URI."""

from registrations.rules import redirect_uris

GOOD = "https://client.example/callback"


def rules(uri, **circumstances):
    """The ids of all that is found."""
    return [finding.rule for finding in redirect_uris.check(uri, **circumstances)]


def suggestion(uri, **circumstances):
    """What the first finding offers instead."""
    return redirect_uris.check(uri, **circumstances)[0].suggestion


def first_rule(host, scheme="https"):
    """The rule that speaks first about an ordinary address at that host, if one does."""
    return next(iter(rules(f"{scheme}://{host}/cb")), None)


def offered(finding):
    """The addresses that a finding offers instead, one or several."""
    return [] if finding.suggestion is None else finding.suggestion.split("\n")
