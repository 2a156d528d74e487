"""Nothing is granted that nobody saw, and nothing seen is asked again.

A client that was asked about everything there is (a refused and a restricted scope, a PKCE exception, an
accepted value, every item of the checklist) goes through three later versions, with every field of the record
changed in turn. The test keeps a ledger of what people saw; what the desk still asks about a version has to
be exactly what the ledger does not hold.
"""

import pytest
from django.utils import timezone

from registrations.domain.draft_data import metadata_of
from registrations.models import Scope
from registrations.rules.metadata import value_of
from registrations.rules.record_fields import FIELDS, Kind
from registrations.workflow import checklist, drafting, pkce, review, scopes
from registrations.workflow.refusals import RulesBroken
from tests.support.invariants import check_invariants
from tests.support.just_signed_in import approve
from tests.support.registrations import REASON, a_logo, change, example_values, in_days, submitted

pytestmark = pytest.mark.django_db

CALLBACK, LESSER = "https://client.example/callback", "https://lesser.example/callback"
BRANDED = "https://auth.pleo.io/callback"
REFUSED, CONFIRMED = "users:write", "vendors:write"
NEW_CONFIRMED = "accounts:write"
WHY = {
    REFUSED: "Our till adds people by itself.",
    CONFIRMED: "Our till adds a vendor for each new shop.",
    NEW_CONFIRMED: "Our till adds an account for each new shop.",
}
ACCEPTED = {"rule": "R-36", "value": BRANDED, "reason": "Pleo runs this callback for us."}
SCOPES = ["users:read", "tags:read", CONFIRMED]
BASE = example_values(
    client_uri="https://client.example/",
    initiation_uri="https://client.example/start",
    configuration_uri="https://client.example/settings",
    redirect_uris=[CALLBACK, LESSER, BRANDED],
    scope=SCOPES,
    scope_reasons={CONFIRMED: WHY[CONFIRMED]},
    review_asked=[ACCEPTED],
    pkce_support="exception_requested",
    pkce_justification=REASON,
    pkce_controls="Codes live for thirty seconds.",
    subject_type_preference="company",
)
BY_KIND = {
    Kind.LINE: ("Another Value", "A Third Value"),
    Kind.TEXT: ("Another text that is long enough.", "A third text that is long enough."),
    Kind.ADDRESS: ("https://client.example/other", "https://elsewhere.example/third"),
    Kind.DATE: (in_days(100).isoformat(), in_days(200).isoformat()),
    Kind.TICK: (False, False),
}
VALUES = {
    "logo": ("b" * 64, "c" * 64),
    "contacts": (["other@client.example"], ["name.surname@client.example", "third@client.example"]),
    "environment": ("production", "production"),
    "redirect_uris": (
        [CALLBACK, BRANDED],
        [CALLBACK, LESSER, BRANDED, "https://client.example/new", "https://new.example/callback"],
    ),
    "scope": (SCOPES[1:], [*SCOPES, "users:write", NEW_CONFIRMED]),
    "pkce_support": ("supported", "exception_requested"),
    "subject_type_preference": ("", "organisation"),
}
"""Two other values of each field that its kind alone does not give."""
REFUSED_BY_RULES = {"environment": "K-07", "confidential": "G-08"}
JUDGES = {
    "name_is_theirs": ("client_name",),
    "site_shows_product": ("client_name", "client_uri"),
    "logo_is_theirs": ("logo",),
    "terms_cover_product": ("client_name", "tos_uri"),
    "policy_names_product": ("client_name", "policy_uri"),
    "contacts_are_theirs": ("contacts",),
    "redirect_hosts_are_theirs": ("redirect_uris",),
    "scopes_are_needed": ("scope",),
    "pkce_reason_holds": ("pkce_justification", "pkce_controls"),
}
"""The fields that an item of the checklist is about."""


def others(field):
    """Two other values of the field; a new field has those of its kind."""
    return VALUES[field] if field in VALUES else BY_KIND[FIELDS[field].kind]


def atoms(record, item):
    """What an item asks about, entry by entry."""
    if item == "redirect_hosts_are_theirs":
        return {(item, uri.split("/")[2]) for uri in record.redirect_uris}
    if item == "contacts_are_theirs":
        return {(item, contact) for contact in record.contacts}
    if item == "scopes_are_needed":
        reasons = dict(record.scope_reasons)
        return {(item, name, reasons.get(name, "")) for name in record.scope}
    values = tuple(value_of(record, field) for field in JUDGES[item])
    if item == "pkce_reason_holds":
        return {(item, *values, one) for one in (*record.redirect_uris, *record.scope)}
    return {(item, *values)}


class Story:
    """One client, the people around it, and the ledger of what they saw."""

    def __init__(self, partner, reviewer, lead):
        self.partner, self.reviewer, self.lead = partner, reviewer, lead
        self.seen, self.covered, self.words = set(), None, None
        self.restricted = set(Scope.objects.filter(tier="restricted").values_list("name", flat=True))
        wanted = [*SCOPES, REFUSED]
        first = BASE | {"scope": wanted, "scope_reasons": {name: WHY[name] for name in wanted if name in WHY}}
        self.registration = submitted(partner, **first)
        self.answer(granted=SCOPES)

    @property
    def revision(self):
        return self.registration.revisions.first()

    def hand_in(self, values, logo):
        """Submit a version; what is added to a running exception comes with the request to renew it."""
        change(self.registration, self.partner, **values, logo=logo)
        try:
            return drafting.submit(self.registration.uuid, by=self.partner)
        except RulesBroken as broken:
            if {one.rule for one in broken.findings if one.rejects} != {"P-08"}:
                raise
        assert self.is_uncovered(metadata_of(values, logo_digest=None))
        change(self.registration, self.partner, pkce_renewal=True)
        return drafting.submit(self.registration.uuid, by=self.partner)

    def is_uncovered(self, record):
        return bool({*record.redirect_uris, *record.scope} - self.covered)

    def asked(self):
        """What the desk still asks about the version under review."""
        revision = self.revision
        questions = {("tick", item) for item in checklist.unticked(revision)}
        questions |= {("confirm", name) for name in scopes.second_person(revision).lacking}
        questions |= {("accept", one.pair) for one in revision.unanswered_override_requests()}
        waiting = self.registration.pkce_exceptions.filter(status="requested").exists()
        return questions | ({("except",)} if waiting else set())

    def expected(self):
        """What nobody has seen yet, by the ledger alone."""
        revision, record = self.revision, self.revision.metadata()
        reasons = dict(record.scope_reasons)
        wants = record.pkce_support == "exception_requested"
        said = (record.pkce_justification, record.pkce_controls)
        says_more = said != self.words or bool(record.pkce_wished_end)
        requests = wants and (self.covered is None or says_more or self.is_uncovered(record))
        items = set(JUDGES) - (set() if record.logo_digest else {"logo_is_theirs"})
        items -= set() if requests else {"pkce_reason_holds"}
        questions = {("tick", item) for item in items if not atoms(record, item) <= self.seen}
        questions |= {
            ("confirm", name)
            for name in self.restricted & set(record.scope)
            if ("confirm", name, reasons[name]) not in self.seen
        }
        pairs = {(one["rule"], one["value"]) for one in revision.review_asked}
        questions |= {("accept", pair) for pair in pairs if ("accept", pair) not in self.seen}
        return questions | ({("except",)} if requests else set())

    def answer(self, granted=None, decide=approve):
        """Answer every question that the desk asks, keep it in the ledger, and decide."""
        revision, number, uuid = self.revision, self.revision.number, self.registration.uuid
        record, reasons = revision.metadata(), dict(revision.metadata().scope_reasons)
        for question in self.asked():
            match question:
                case ("tick", item):
                    checklist.tick(uuid, by=self.reviewer, seen_version=number, item=item)
                    self.seen |= atoms(record, item)
                case ("accept", (rule, value)):
                    answer = {"rule": rule, "value": value, "reason": "It is ours indeed."}
                    review.override(uuid, by=self.reviewer, seen_version=number, **answer)
                    self.seen.add(("accept", (rule, value)))
                case ("except",):
                    pkce.grant(
                        uuid,
                        by=self.lead,
                        seen_version=number,
                        expires_on=in_days(90),
                        signed_in_at=timezone.now(),
                    )
        if scopes.second_person(revision).lacking:
            scopes.confirm_scopes(uuid, by=self.lead, seen_version=number)
            self.seen |= {("confirm", name, reasons[name]) for name in self.restricted & set(record.scope)}
        if decide is not approve:
            decide(uuid, by=self.reviewer, seen_version=number, note="Please explain.")
            return
        review.approve(
            uuid, by=self.reviewer, seen_version=number, granted=granted, signed_in_at=timezone.now()
        )
        self.remember_exception()

    def remember_exception(self):
        running = self.registration.pkce_exceptions.running_on(timezone.now().date()).first()
        live = self.registration.revisions.get(status="approved")
        if running is None:
            self.covered = self.words = None
        elif running.revision_id == live.pk:
            self.covered = {*live.uris(), *live.scopes()}
            self.words = (running.justification, running.controls)

    def check_live(self, reviewed):
        """What is live was reviewed, and what goes without PKCE was weighed."""
        live = self.registration.revisions.get(status="approved")
        assert REFUSED not in live.scopes()
        assert {*live.uris(), *live.scopes()} <= reviewed
        if self.registration.pkce_exceptions.running_on(timezone.now().date()).exists():
            assert {*live.uris(), *live.scopes()} <= self.covered


@pytest.fixture
def story(partner, reviewer, lead):
    Scope.objects.filter(name__in=[CONFIRMED, NEW_CONFIRMED]).update(tier="restricted")
    return Story(partner, reviewer, lead)


def versions(field):
    """Three later versions: the field changed, changed otherwise, and as it was before.

    A wished end that is left out again is no change, so that one is named anew.
    """
    first, second, last = *others(field), BASE.get(field)
    is_answered = FIELDS[field].kind is Kind.DATE
    for value in (first, second, first if last == second or is_answered else last):
        values = BASE | ({} if field == "logo" else {field: value})
        wanted = values["scope"]
        values["scope_reasons"] = {name: WHY[name] for name in wanted if name in WHY}
        if BRANDED not in values["redirect_uris"]:
            values["review_asked"] = []
        yield values, a_logo(value) if field == "logo" and value else None


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_in_turn_through_three_versions(story, field):
    reviewed = {*BASE["redirect_uris"], *SCOPES}
    for values, logo in versions(field):
        if field in REFUSED_BY_RULES and values[field] != BASE[field]:
            with pytest.raises(RulesBroken) as broken:
                story.hand_in(values, logo)
            assert {one.rule for one in broken.value.findings if one.rejects} == {REFUSED_BY_RULES[field]}
            continue
        if field in REFUSED_BY_RULES:
            values |= {"client_name": "Another Value"}
        revision = story.hand_in(values, logo)
        if revision.status == "under_review":
            assert story.asked() == story.expected()
            reviewed |= {*values["redirect_uris"], *values["scope"]}
            story.answer()
        else:
            story.remember_exception()
        story.check_live(reviewed)
    check_invariants()


@pytest.mark.parametrize("decide", [review.request_changes, review.reject])
def test_the_same_again_after_a_version_came_back_asks_about_nothing(story, partner, decide):
    more = {"scope": [*SCOPES, NEW_CONFIRMED], "scope_reasons": {name: WHY[name] for name in WHY}}
    story.hand_in(BASE | more | {"client_name": "Another Value"}, None)
    assert story.asked()
    story.answer(decide=decide)
    drafting.submit(story.registration.uuid, by=partner)
    assert story.asked() == {("except",)}


def test_every_field_has_values_to_change_to():
    assert all(len(others(field)) == 2 for field in FIELDS)
    assert set(VALUES) <= set(FIELDS)
    assert set(JUDGES) == checklist.checklist.TICKABLE
