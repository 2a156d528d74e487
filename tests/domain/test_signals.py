"""What a reviewer is told to look at first: prepared histories, and the marks that each has, and no other.

The client of every row is *Supplier Sync* of Client Ltd. It has one approved sibling, *Till*, and asks for
nothing remarkable, but for what the row says.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from registrations.domain.lifecycle import PkceStatus, RegistrationStatus, RevisionStatus
from registrations.domain.signals import (
    ABOUT,
    Evidence,
    History,
    HostElsewhere,
    MarkKind,
    OwnClient,
    Refusal,
    Severity,
    SimilarName,
    Submission,
    marks_of,
    risk_of,
)
from registrations.domain.similar_names import Look
from registrations.rules.metadata import Metadata

ME, TILL, TWIN, OTHERS = (UUID(int=number) for number in range(1, 5))

RECORD = Metadata(
    client_name="Supplier Sync",
    client_uri="https://client.example/",
    tos_uri="https://client.example/terms",
    policy_uri="https://www.client.example/privacy",
    redirect_uris=("https://app.client.example/callback",),
    scope=("users:read",),
)
LIVE = RECORD
MINE = OwnClient(ME, "Supplier Sync", RegistrationStatus.PENDING, was_live=False)
APPROVED = OwnClient(TILL, "Till", RegistrationStatus.ACTIVE, was_live=True, verdict=RevisionStatus.APPROVED)
OWN_HOSTS = ("app.client.example",)


def first(**changes):
    """The first version of the client, with changes of its record."""
    return Submission(client=ME, submitter="rita@client.example", record=replace(RECORD, **changes))


def change(*, live=LIVE, **changes):
    """A change of the live client."""
    return replace(first(**changes), live=live)


def sibling(status, *, was_live=True, verdict=None, reason=""):
    return OwnClient(TILL, "Till", RegistrationStatus(status), was_live, verdict, reason)


def history(*clients, **more):
    return History(clients=(MINE, *clients), **more)


def with_name(look, name="Supplier Sync", state="production, live"):
    twin = SimilarName(look, name, "Other Inc", state, TWIN)
    return Evidence(names=[twin], own_hosts=OWN_HOSTS)


def elsewhere(host):
    return Evidence(hosts=[HostElsewhere(host, "Other Inc", OTHERS)], own_hosts=OWN_HOSTS)


def refused(scope="", client=TILL, name="Till"):
    return Refusal(client, name, "Not needed.", scope)


QUIET = history(APPROVED)
KNOWN = Evidence(own_hosts=OWN_HOSTS)
NEW_ON_SITE = {"redirect_uris": ("https://new.client.example/callback",)}
FOREIGN = {"redirect_uris": ("https://login.other.example/callback",)}
LOCAL = {"redirect_uris": ("http://localhost:8000/callback",)}
SHARED = {"redirect_uris": ("https://client.ngrok.io/callback",)}
WRITES = {"scope": ("users:read", "users:write")}
WRITES_LIVE = replace(LIVE, **WRITES)

# Each row: what it is, the version, the history, the evidence, and the marks that it has, all and in order.
TABLE = [
    ("nothing to see", first(), QUIET, KNOWN, []),
    ("a change of nothing that matters", change(contacts=("a@client.example",)), QUIET, KNOWN, []),
    # names
    ("a twin that is live", first(), QUIET, with_name(Look.SAME), ["twin_name"]),
    ("a twin under review", first(), QUIET, with_name(Look.SAME, state="under review"), ["twin_name"]),
    ("a name with a slip", first(), QUIET, with_name(Look.NEAR, "Suplier Sync"), ["near_name"]),
    ("a twin of a name that is live already", change(), QUIET, with_name(Look.SAME), []),
    (
        "the live name in other letters",
        change(client_name="supplier sync"),
        QUIET,
        with_name(Look.SAME),
        [],
    ),
    (
        "a twin of a name that is new",
        change(client_name="Acme Mobile"),
        QUIET,
        with_name(Look.SAME, "acme mobile"),
        ["twin_name"],
    ),
    # hosts
    (
        "another’s host",
        first(**FOREIGN),
        QUIET,
        elsewhere("login.other.example"),
        ["host_of_another", "new_host", "host_off_site"],
    ),
    (
        "another’s host that is live already",
        change(live=replace(LIVE, **FOREIGN), **FOREIGN),
        QUIET,
        elsewhere("login.other.example"),
        [],
    ),
    (
        "a shared host that others use",
        first(**SHARED),
        QUIET,
        elsewhere("client.ngrok.io"),
        ["new_host", "host_off_site"],
    ),
    ("the own machine", first(**LOCAL), QUIET, elsewhere("localhost"), ["host_off_site"]),
    ("a new host of the own site", first(**NEW_ON_SITE), QUIET, KNOWN, ["new_host"]),
    ("a new host in a change", change(**NEW_ON_SITE), QUIET, KNOWN, ["new_host"]),
    ("a host that only the live version uses", change(), QUIET, Evidence(), []),
    ("a host that a sibling uses", first(), QUIET, KNOWN, []),
    ("a new host of a new organisation", first(**NEW_ON_SITE), history(), Evidence(), ["newcomer"]),
    ("a foreign host", change(**FOREIGN), QUIET, KNOWN, ["new_host", "host_off_site"]),
    (
        "a site that moves away from its hosts",
        change(client_uri="https://moved.example/"),
        QUIET,
        KNOWN,
        ["host_off_site", "page_off_site"],
    ),
    ("terms elsewhere", first(tos_uri="https://legal.example/terms"), QUIET, KNOWN, ["page_off_site"]),
    (
        "terms that were elsewhere before",
        change(live=replace(LIVE, tos_uri="https://legal.example/1"), tos_uri="https://legal.example/2"),
        QUIET,
        KNOWN,
        [],
    ),
    # scopes
    ("a scope that writes", first(**WRITES), QUIET, KNOWN, ["write_scope"]),
    ("a scope that writes and is live", change(live=WRITES_LIVE, **WRITES), QUIET, KNOWN, []),
    ("a scope that writes and is new", change(**WRITES), QUIET, KNOWN, ["write_scope"]),
    (
        "a restricted scope",
        replace(first(**WRITES), restricted={"users:write"}),
        QUIET,
        KNOWN,
        ["restricted_scope", "write_scope"],
    ),
    (
        "a scope refused before",
        first(),
        history(APPROVED, refusals=[refused("users:read", ME)]),
        KNOWN,
        ["scope_refused"],
    ),
    (
        "a refused scope not asked for",
        first(),
        history(APPROVED, refusals=[refused("users:write", ME)]),
        KNOWN,
        [],
    ),
    (
        "a scope refused to a sibling",
        first(),
        history(APPROVED, refusals=[refused("users:read")]),
        KNOWN,
        ["scope_refused_elsewhere"],
    ),
    (
        "a scope refused to a sibling, live here",
        change(),
        history(APPROVED, refusals=[refused("users:read")]),
        KNOWN,
        [],
    ),
    # PKCE
    (
        "an exception requested",
        replace(first(), exception=PkceStatus.REQUESTED),
        QUIET,
        KNOWN,
        ["pkce_requested"],
    ),
    ("an exception granted", replace(first(), exception=PkceStatus.GRANTED), QUIET, KNOWN, []),
    (
        "an exception requested where one was refused",
        replace(first(), exception=PkceStatus.REQUESTED),
        history(APPROVED, refusals=[refused()]),
        KNOWN,
        ["pkce_requested", "pkce_refused"],
    ),
    (
        "no exception any more after one was refused",
        first(),
        history(APPROVED, refusals=[refused()]),
        KNOWN,
        [],
    ),
    (
        "an exception in force",
        change(),
        history(APPROVED, running_until=date(2027, 3, 1)),
        KNOWN,
        ["pkce_running"],
    ),
    # the organisation's other clients
    ("a suspended sibling", first(), history(sibling("suspended", reason="A leak.")), KNOWN, ["suspended"]),
    (
        "a client that is suspended itself",
        change(),
        history(OwnClient(ME, "Sync", RegistrationStatus.SUSPENDED, was_live=True)),
        KNOWN,
        ["suspended"],
    ),
    ("a sibling that staff closed", first(), history(sibling("closed", reason="Spam.")), KNOWN, ["closed"]),
    ("a sibling that its partner closed", first(), history(sibling("closed")), KNOWN, []),
    (
        "a rejected sibling",
        first(),
        history(APPROVED, sibling("pending", was_live=False, verdict=RevisionStatus.REJECTED, reason="No.")),
        KNOWN,
        ["rejected"],
    ),
    (
        "a rejected change of a live sibling",
        first(),
        history(sibling("active", verdict=RevisionStatus.REJECTED)),
        KNOWN,
        [],
    ),
    (
        "a sibling that was sent back",
        first(),
        history(APPROVED, sibling("pending", was_live=False, verdict=RevisionStatus.SENT_BACK)),
        KNOWN,
        [],
    ),
    ("the first of an organisation", first(), history(), Evidence(), ["newcomer"]),
    (
        "the second, before the first is decided",
        first(),
        history(sibling("pending", was_live=False)),
        Evidence(),
        ["newcomer"],
    ),
    # the rest
    ("an override asked", replace(first(), asked=["Pleo Archive"]), QUIET, KNOWN, ["override"]),
    ("a free address", replace(first(), submitter="rita@gmail.com"), QUIET, KNOWN, ["free_mail"]),
    ("an address of another company", replace(first(), submitter="rita@agency.example"), QUIET, KNOWN, []),
    (
        "an address that is silent",
        replace(first(), unreachable=["https://client.example/"]),
        QUIET,
        KNOWN,
        ["unreachable"],
    ),
    ("warnings of the rules", replace(first(), has_findings=True), QUIET, KNOWN, ["findings"]),
    (
        "everything at once, gravest first",
        Submission(
            client=ME,
            record=replace(RECORD, **FOREIGN, **WRITES),
            restricted={"users:write"},
            submitter="rita@gmail.com",
            exception=PkceStatus.REQUESTED,
            asked=["Pleo Archive"],
            unreachable=["https://client.example/"],
            has_findings=True,
        ),
        history(
            sibling("suspended"),
            refusals=[refused("users:read", ME), refused("users:write"), refused()],
            running_until=date(2027, 3, 1),
        ),
        replace(with_name(Look.SAME), hosts=[HostElsewhere("login.other.example", "Other Inc", OTHERS)]),
        [
            *("twin_name", "host_of_another", "suspended", "scope_refused", "new_host", "host_off_site"),
            *("restricted_scope", "write_scope", "scope_refused_elsewhere", "pkce_requested", "pkce_refused"),
            *("override", "pkce_running", "free_mail", "unreachable", "findings"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("version", "past", "evidence", "kinds"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_history_has_its_marks_and_no_other(version, past, evidence, kinds):
    assert [mark.kind for mark in marks_of(version, past, evidence)] == kinds


def test_every_kind_of_mark_is_in_the_table():
    assert {kind for row in TABLE for kind in row[4]} == set(MarkKind) == set(ABOUT)


def test_kinds_stand_gravest_first():
    severities = [kind.severity for kind in MarkKind]
    assert severities == sorted(severities, reverse=True)


def only(version, past=QUIET, evidence=KNOWN):
    """The one mark of a row, with its evidence."""
    (mark,) = marks_of(version, past, evidence)
    return mark


def test_a_twin_is_named_with_its_organisation_and_state():
    mark = only(first(), evidence=with_name(Look.SAME))
    assert mark.severity is Severity.GRAVE
    assert mark.words == "A client of another organisation has a name that looks the same"
    assert mark.values == (("Supplier Sync", "of Other Inc: production, live", TWIN, None),)


def test_a_host_says_who_uses_it():
    marks = marks_of(first(**FOREIGN), QUIET, elsewhere("login.other.example"))
    assert marks[0].values == (("login.other.example", "of Other Inc", None, OTHERS),)


def test_a_suspension_says_why():
    mark = only(first(), history(sibling("suspended", reason="A leak.")))
    assert mark.values == (("Till", "A leak.", TILL, None),)


def test_a_refused_scope_says_why_and_to_which_client():
    own, other = (
        only(first(), history(APPROVED, refusals=[refused("users:read", client)])) for client in (ME, TILL)
    )
    assert own.values == (("users:read", "Not needed.", None, None),)
    assert other.values == (("users:read for Till", "Not needed.", TILL, None),)


def test_a_running_exception_says_until_when():
    mark = only(change(), history(APPROVED, running_until=date(2027, 3, 1)))
    assert mark.values == (("until 1 March 2027", "", None, None),)


def test_several_values_share_a_mark():
    mark = only(first(scope=("users:write", "tags:write")))
    assert [value.text for value in mark.values] == ["users:write", "tags:write"]


def test_one_grave_mark_outweighs_all_others():
    grave = [kind for kind in MarkKind if kind.severity is Severity.GRAVE]
    others = [kind for kind in MarkKind if kind.severity is not Severity.GRAVE]
    notes = [kind for kind in MarkKind if kind.severity is Severity.NOTE]
    assert risk_of(grave[:1]) > risk_of(others) > risk_of([MarkKind.OVERRIDE]) > risk_of(notes)
    assert risk_of(grave[:2]) > risk_of(grave[:1])
    assert risk_of(MarkKind) < 2**15
    assert risk_of([]) == 0
