"""What a reviewer reads first, part by part and host by host."""

from dataclasses import replace

import pytest

from registrations.domain.differences import difference
from registrations.domain.risk import Risk, ranked
from registrations.domain.sites import Mail, hosts_of, mail_of
from registrations.rules.metadata import Metadata
from registrations.rules.redirect_uris.parts import differing_pieces, marked, paired, whole

OLD = Metadata(
    client_name="Example",
    client_uri="https://client.example/",
    tos_uri="https://client.example/tos",
    contacts=("a@client.example",),
    redirect_uris=("https://client.example/a", "https://client.example/b"),
    scope=("users:read", "tags:read"),
)


def risks(**changes):
    return [(one.risk, one.change.field) for one in ranked(difference(OLD, replace(OLD, **changes)))]


def test_the_gravest_change_comes_first_whatever_its_place_in_the_form():
    found = risks(
        client_name="Other",
        client_uri="https://other.example/",
        logo_digest="a" * 64,
        contacts=(),
        redirect_uris=("https://evil.example/a",),
        scope=("users:write",),
        pkce_support="exception_requested",
        tos_uri="https://other.example/tos",
    )
    assert [risk for risk, _ in found] == [*list(Risk)[:1], *list(Risk)[2:], Risk.REST]
    assert [field for _, field in found[-2:]] == ["tos_uri", "contacts"]


@pytest.mark.parametrize(
    ("changes", "risk"),
    [
        ({"redirect_uris": ("https://client.example/c",)}, Risk.REDIRECT_URI),
        ({"redirect_uris": (*OLD.redirect_uris, "https://www.client.example/a")}, Risk.REDIRECT_HOST),
        ({"redirect_uris": ("https://client.example/a",)}, Risk.REST),
        ({"scope": ("users:read",)}, Risk.REST),
        ({"pkce_controls": "None."}, Risk.PKCE),
        ({"pkce_wished_end": "2027-03-31"}, Risk.PKCE),
    ],
)
def test_what_only_goes_weighs_least(changes, risk):
    assert [found for found, _ in risks(**changes)] == [risk]


def shown(pieces):
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("https://a.example/cb", "https://b.example/cb", "https://[a.example]/cb", "https://[b.example]/cb"),
        ("http://a.example/", "https://a.example/", "[http://]a.example/", "[https://]a.example/"),
        ("https://a.example/", "https://a.example:8443/", "https://a.example/", "https://a.example[:8443]/"),
        ("https://a.example/x/cb", "https://a.example/y/cb", "https://a.example[/x]/cb", "https://a.example[/y]/cb"),
        ("https://a.example/cb", "https://a.example/v2/cb", "https://a.example/cb", "https://a.example[/v2]/cb"),
        ("https://a.example/cb", "https://a.example/cb?x=1", "https://a.example/cb", "https://a.example/cb[?x=1]"),
        ("https://a.example", "https://a.example/cb#top", "https://a.example", "https://a.example[/cb][#top]"),
        ("https://u@a.example/", "https://a.example/", "[https://u@]a.example/", "[https://]a.example/"),
    ],
)  # fmt: skip
def test_the_part_that_differs_is_marked(old, new, left, right):
    before, after = marked(old, new)
    assert (shown(before), shown(after)) == (left, right)
    assert "".join(piece.text for piece in before) == old
    assert "".join(piece.text for piece in after) == new


def test_the_host_is_a_piece_of_its_own():
    uri = "https://[::1]:8080/cb?x"
    assert [piece.text for piece in whole(uri) if piece.is_host] == ["[::1]"]
    assert [piece.text for piece in marked(uri, uri)[0] if piece.is_host] == ["[::1]"]
    assert "".join(piece.text for piece in whole(uri)) == uri
    assert all(piece.differs for piece in whole(uri))


def test_entries_find_their_like_on_the_same_host_first():
    removed = ["https://gone.example/", "https://a.example/1"]
    added = ["https://come.example/", "https://a.example/2", "https://left.example/"]
    assert sorted(paired(removed, added)) == [
        ("https://a.example/1", "https://a.example/2"),
        ("https://gone.example/", "https://come.example/"),
    ]


A, B = "https://a.example", "https://b.example"


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ([f"{A}/cb"], [f"{A}/cb", f"{A}/cb/2"], [], [f"{A}/cb[/2]"]),
        ([f"{A}/cb", f"{A}/cb/2"], [f"{A}/cb"], [f"{A}/cb[/2]"], []),
        ([f"{A}/x", f"{A}/cb/1"], [f"{A}/x", f"{A}/cb/1", f"{A}/cb/2"], [], [f"{A}/cb[/2]"]),
        ([f"{A}/x"], [f"{A}/x", f"{B}/x"], [], ["[https://][b.example][/x]"]),
        ([f"{A}/x"], [f"{B}/y"], ["https://[a.example][/x]"], ["https://[b.example][/y]"]),
        ([f"{A}/x", f"{B}/x"], [f"{A}/y", f"{B}/x"], [f"{A}[/x]"], [f"{A}[/y]"]),
        ([f"{A}/x", f"{A}/y", f"{B}/x"], [f"{A}/x", f"{B}/x", f"{B}/z"], [f"{A}[/y]"], [f"{B}[/z]"]),
    ],
)
def test_only_a_host_that_was_not_there_is_new(old, new, left, right):
    before, after = differing_pieces(old, new)
    assert [shown(pieces) for pieces in before.values()] == left
    assert [shown(pieces) for pieces in after.values()] == right


def test_every_host_is_listed_once_with_its_uses():
    record = replace(
        OLD, tos_uri="https://legal.example/tos", redirect_uris=("https://app.client.example/", "http://localhost/")
    )  # fmt: skip
    assert [tuple(use) for use in hosts_of(record)] == [
        ("client.example", ("Client URI",), True, False),
        ("legal.example", ("Terms of service",), False, False),
        ("app.client.example", ("Redirect URIs",), True, False),
        ("localhost", ("Redirect URIs",), False, False),
    ]
    twice = replace(OLD, tos_uri="https://client.example/tos")
    assert hosts_of(twice)[0].labels == ("Client URI", "Terms of service", "Redirect URIs")


def test_a_shared_host_is_nobodys_site():
    record = replace(
        OLD,
        client_uri="https://sites.google.com/view/acme",
        tos_uri="https://docs.google.com/document/d/1",
        redirect_uris=("https://acme.google.com/cb", "https://acme.example/cb"),
    )
    assert [(use.host, use.is_own_site, use.is_shared) for use in hosts_of(record)] == [
        ("sites.google.com", False, True),
        ("docs.google.com", False, True),
        ("acme.google.com", False, False),
        ("acme.example", False, False),
    ]


@pytest.mark.parametrize(
    ("email", "client_uri"),
    [
        ("a@google.com", "https://sites.google.com/view/acme"),
        ("a@github.com", "https://github.com/acme"),
        ("a@medium.com", "https://www.medium.com/acme"),
    ],
)
def test_staff_of_a_service_are_not_its_customers(email, client_uri):
    assert mail_of(email, client_uri) is Mail.OTHER


@pytest.mark.parametrize(
    ("email", "mail"),
    [
        ("a@client.example", Mail.SAME_SITE),
        ("a@Mail.Client.Example", Mail.SAME_SITE),
        ("a@client.example.evil.example", Mail.OTHER),
        ("a@gmail.com", Mail.FREE),
        ("a@mail.tele.dk", Mail.FREE),
        ("a@privaterelay.appleid.com", Mail.FREE),
        ("a@acme.anonaddy.com", Mail.FREE),
        ("a@appleid.com", Mail.OTHER),
    ],
)
def test_a_mail_domain_is_compared_by_what_somebody_registered(email, mail):
    assert mail_of(email, "https://www.client.example/") is mail
