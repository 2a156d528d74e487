"""What the portal asks the rules about the names and addresses of people and organisations."""

import pytest

from registrations.rules import accounts


@pytest.mark.parametrize("name", ["Acme ApS", "Søren & Sons", "7-Eleven"])
def test_an_organisation_may_have_any_plain_name(name):
    assert accounts.name_problem(name) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Acme\u202eApS", "invisible character (U+202E)"),
        ("A", "2 to 80 characters"),
        ("<b>Acme</b>", "<"),
        ("Pleo Partners", "Pleo"),
    ],
)
def test_the_name_of_an_organisation_says_what_is_wrong_with_it(name, words):
    assert words in accounts.name_problem(name)


def test_accepting_the_brand_accepts_nothing_else():
    assert accounts.name_problem("Pleo Partners", accepts_brand=True) == ""
    assert accounts.name_problem("Pleo\u202ePartners", accepts_brand=True) != ""


def test_a_person_may_have_a_name_that_no_organisation_may():
    assert accounts.person_problem("Ó") == accounts.person_problem("Cleo Pleo") == ""
    assert "U+202E" in accounts.person_problem("Jane\u202eDoe")
    assert accounts.person_problem("Jane\nDoe") != ""


def test_names_look_alike_whatever_their_legal_form():
    assert accounts.skeleton("Client ApS") == accounts.skeleton("CLIENT Ltd")
    assert accounts.skeleton("Client ApS") != accounts.skeleton("Another ApS")


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("jane@client.example", "client.example"),
        ("jane@Till.Client.Example", "till.client.example"),
        ('"j@ne"@client.example', "client.example"),
        ("jane@gmail.com", ""),
        ("jane@GMAIL.com", ""),
        ("jane@yopmail.com", ""),
        ("jane@mx.yopmail.com", ""),
    ],
)
def test_a_domain_where_anyone_can_have_an_address_is_nobodys(address, domain):
    assert accounts.company_domain(address) == domain
