"""The scopes of the form as a table of resources."""

from registrations.draft_checks import DraftChecks
from registrations.forms.registration_form import RegistrationForm
from registrations.forms.scope_table import Option, scope_table
from registrations.models.catalogue import Offer
from tests.pages.elements import with_attribute


def option(value, is_offered=True):
    return Option("id", value, value, "", False, is_offered)


def test_a_resource_is_a_row_with_what_it_reads_and_writes():
    table = scope_table(map(option, ["export-jobs:read", "export-jobs:write", "tags:write"]))
    assert [(row.resource, bool(row.read), bool(row.write)) for row in table.rows] == [
        ("Export jobs", True, True),
        ("Tags", False, True),
    ]
    assert table.others == []


def test_what_does_not_fit_stands_below():
    others = [option(name) for name in ("test:test", "read", ":read", "tags:read:all")]
    others.append(option("gone:read", is_offered=False))
    table = scope_table([*others, option("tags:read")])
    assert [row.resource for row in table.rows] == ["Tags"]
    assert table.others == others


def test_every_scope_is_on_the_page_once_under_its_name(login, partner):
    html = login(partner).get("/registrations/new/").text
    values = [e.get("value") for e in with_attribute(html, "name", "scope")]
    assert len(values) == len(set(values)) == 15
    assert values[-1] == "test:test"
    assert html.count("Sensitive</span>") == 2
    assert html.count("Restricted</span>") == 1


def test_an_empty_catalogue_says_so():
    table = RegistrationForm(checks=DraftChecks(Offer([], []), None))["scope"].scope_table()
    assert (table.rows, table.others) == ([], [])
