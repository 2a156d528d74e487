"""The data lists: each says where it is from, and holds no entry twice."""

import re
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import pytest

from registrations.rules import data
from registrations.rules.data import local_names, mail_domains, shared_hosts, tunnels_and_platforms
from registrations.rules.metadata import RULES_VERSION

MODULES = [import_module(f"{data.__name__}.{found.name}") for found in iter_modules(data.__path__)]
DATE = re.compile(r"\bDate: (\d{4}-\d\d-\d\d)\.")
DOMAINS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module, names in {
        local_names: ["ANSWERS_LOOPBACK", "ADDRESS_IN_NAME"],
        mail_domains: ["THROW_AWAY", "FREE_MAIL", "FORWARDING"],
        shared_hosts: ["SHARED_HOSTS", "SHARED_ROOTS"],
        tunnels_and_platforms: ["TUNNELS", "INSPECTORS", "SHORTENERS", "PUBLIC_CLIENTS"],
    }.items()
    for name in names
}
OF_CUSTOMERS = {"shared_hosts.SHARED_ROOTS"}
"""Lists of exact hosts: one entry does not cover what is below it."""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_list_says_how_old_it_is_where_it_is_from_and_how_to_refresh_it(module):
    said = " ".join(module.__doc__.split())
    assert DATE.search(said), said
    assert date.fromisoformat(DATE.search(said)[1]) <= date.fromisoformat(RULES_VERSION)
    assert re.search(r"\bSources?: \S", said)
    assert re.search(r"\b(Refresh|To refresh): \S", said)


@pytest.mark.parametrize("name", DOMAINS)
def test_an_entry_is_a_plain_host(name):
    assert [host for host in DOMAINS[name] if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host)] == []


@pytest.mark.parametrize("name", [name for name in DOMAINS if name not in OF_CUSTOMERS])
def test_no_entry_covers_another(name):
    listed = DOMAINS[name]
    parents = {host: [host.split(".", at)[at] for at in range(1, host.count(".") + 1)] for host in listed}
    assert {host for host in listed if not listed.isdisjoint(parents[host])} == set()
