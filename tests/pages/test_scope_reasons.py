"""Why a partner needs a sensitive scope: beside its tick, in the draft, and in the submission."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registrations.models import Draft, Registration, RequestedScope, Scope
from registrations.workflow import drafting, review
from registrations.workflow.refusals import RulesBroken
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, approved, change, submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db
NAME = "scope-reason-accounts:write"
WHY = "Our till adds an account for each new shop."
ASKED = {"scope": ["users:read", "accounts:write"]}
AGAIN = "users:write"


@pytest.fixture
def mine(client, partner):
    client.force_login(partner)
    return client


def area(page):
    (found,) = [one for one in elements(page) if one.get("name") == NAME]
    return found


def post(client, registration, **changes):
    address = reverse("registrations:edit", args=[registration.uuid])
    return client.post(address, example_posted(draft_version=1, **ASKED) | changes)


def test_every_scope_above_normal_has_its_field_and_no_other(mine):
    page = mine.get(reverse("registrations:new")).text
    names = {one.get("name") for one in elements(page) if one.tag == "textarea"}
    above = Scope.objects.exclude(tier="normal").values_list("name", flat=True)
    assert {name for name in names if name.startswith("scope-reason-")} == {
        f"scope-reason-{name}" for name in above
    }


@pytest.mark.parametrize("typed", ["", "We need it."])
def test_a_short_reason_is_told_beside_the_scopes_and_kept(mine, partner, typed):
    registration = a_draft(partner, **ASKED)
    page = post(mine, registration, **{NAME: typed, "then": "check"})
    page = mine.get(page.url).text
    (finding,) = with_attribute(page, "data-rule", "S-07")
    assert finding.get("data-field") == "scope"
    assert "Say why your client needs accounts:write" in finding.words()
    assert area(page).get("aria-invalid") == "true"
    assert area(page).words() == typed


def test_the_reason_is_kept_in_the_draft_also_without_the_tick(mine, partner):
    registration = a_draft(partner)
    post(mine, registration, scope=["users:read"], **{NAME: WHY})
    assert Draft.objects.get().data["scope_reasons"] == {"accounts:write": WHY}
    page = mine.get(reverse("registrations:edit", args=[registration.uuid])).text
    assert area(page).words() == WHY
    assert not with_attribute(page, "data-rule", "S-07")


@pytest.mark.parametrize("typed", ["x\0y", "x" * 20_001])
def test_what_cannot_be_stored_is_told_and_nothing_is_saved(mine, partner, typed):
    registration = a_draft(partner, **ASKED)
    answer = post(mine, registration, **{NAME: typed})
    assert answer.status_code == 200
    assert "Why you need accounts:write" in answer.text
    assert Draft.objects.get().version == 1


def test_the_submission_keeps_the_reason_and_the_partner_reads_it(mine, partner):
    registration = a_draft(partner, **ASKED)
    post(mine, registration, **{NAME: f" {WHY} "})
    check = mine.get(reverse("registrations:check", args=[registration.uuid])).text
    assert f"accounts:write: {WHY}" in check
    drafting.submit(registration.uuid, by=partner)
    kept = dict(RequestedScope.objects.values_list("scope_id", "reason"))
    assert kept == {"users:read": "", "accounts:write": WHY}
    assert (
        f"accounts:write: {WHY}" in mine.get(reverse("registrations:detail", args=[registration.uuid])).text
    )


def test_without_a_reason_it_is_not_submitted(partner):
    registration = a_draft(partner, **ASKED)
    with pytest.raises(RulesBroken) as broken:
        drafting.submit(registration.uuid, by=partner)
    assert [found.rule for found in broken.value.findings] == ["S-07"]
    assert not Registration.objects.get().revisions.exists()


def test_a_tier_that_was_raised_asks_at_the_next_change(mine, partner, reviewer):
    registration = approved(partner, reviewer)
    Scope.objects.filter(name="users:read").update(tier="sensitive")
    page = mine.get(reverse("registrations:edit", args=[registration.uuid])).text
    assert with_attribute(page, "data-rule", "S-07")


def test_the_reason_comes_back_with_the_live_record(mine, partner, reviewer):
    registration = approved(partner, reviewer, **ASKED, scope_reasons={"accounts:write": WHY})
    assert area(mine.get(reverse("registrations:edit", args=[registration.uuid])).text).words() == WHY


def test_who_asks_again_reads_the_earlier_reason_and_why_it_was_refused(mine, partner, reviewer):
    registration = submitted(partner, **ASKED, scope_reasons={"accounts:write": WHY})
    review.approve(
        registration.uuid,
        by=reviewer,
        seen_version=1,
        granted=["users:read"],
        refused_because="Reading is enough.",
        signed_in_at=timezone.now(),
    )
    page = mine.get(reverse("registrations:edit", args=[registration.uuid])).text
    (before,) = with_attribute(page, "data-reason-before")
    assert before.words() == f"Your reason when Pleo refused it: “{WHY}”"
    (refused,) = with_attribute(page, "data-refused", "accounts:write")
    assert "Reading is enough." in refused.words()
    assert area(page).words() == ""


def test_a_reason_of_no_kind_in_a_draft_is_none(partner):
    with pytest.raises(RulesBroken):
        submitted(partner, **ASKED, scope_reasons=["accounts:write"])


def test_the_form_of_a_live_client_costs_no_statement_more(mine, partner, reviewer):
    registration = approved(partner, reviewer, **ASKED, scope_reasons={"accounts:write": WHY})
    with statements() as made:
        mine.get(reverse("registrations:edit", args=[registration.uuid]))
    assert len(made) <= 6, made


@pytest.fixture
def refused(partner, reviewer):
    """A live client that was refused a scope of the normal tier, in words that a page has to escape."""
    registration = submitted(partner)
    review.approve(
        registration.uuid,
        by=reviewer,
        seen_version=1,
        granted=["test:test", "users:read"],
        refused_because="<b>Reading</b> is enough.",
        signed_in_at=timezone.now(),
    )
    return registration


def of_refused(page):
    (box,) = [one for one in elements(page) if one.get("name") == "scope" and one.get("value") == AGAIN]
    (area,) = [one for one in elements(page) if one.get("name") == f"scope-reason-{AGAIN}"]
    (note,) = with_attribute(page, "data-refused", AGAIN)
    return "checked" in box.attrs, area, note.words()


def test_the_form_names_the_refusal_and_offers_to_ask_again(mine, refused):
    page = mine.get(reverse("registrations:edit", args=[refused.uuid])).text
    is_ticked, area, note = of_refused(page)
    assert not is_ticked
    assert note.startswith("Refused on ")
    assert note.endswith(": <b>Reading</b> is enough. Ask again?")
    for there in (page, mine.get(reverse("registrations:detail", args=[refused.uuid])).text):
        assert there.count("<bdi>Refused on ") == 1
    assert "<b>Reading" not in page


@pytest.mark.parametrize(("typed", "status"), [("", 422), (WHY, 302)])
def test_asking_again_needs_a_reason_beside_the_scope(mine, refused, typed, status):
    edit = reverse("registrations:edit", args=[refused.uuid])
    mine.post(edit, example_posted(draft_version=0, **{f"scope-reason-{AGAIN}": typed}))
    is_ticked, area, _ = of_refused(mine.get(f"{edit}?show=all").text)
    assert (is_ticked, area.words()) == (True, typed)
    assert (area.get("aria-invalid") == "true") == (status == 422)
    answer = mine.post(reverse("registrations:submit", args=[refused.uuid]))
    assert answer.status_code == status
    assert ("Refused on" in answer.text) == (status == 422)


def test_the_live_check_knows_the_refusal_too(mine, refused):
    values = {**example_posted(), "registration": str(refused.uuid)}
    answer = mine.post(reverse("registrations:live_check"), values, headers={"Accept": "application/json"})
    assert [one["rule"] for one in answer.json()["findings"]] == ["S-07"]


def test_the_page_of_the_client_says_when_and_why_until_it_is_granted(mine, partner, reviewer, refused):
    address = reverse("registrations:detail", args=[refused.uuid])
    assert ": &lt;b&gt;Reading&lt;/b&gt; is enough." in mine.get(address).text
    change(refused, partner, scope=["users:read"], contacts=["other@client.example"])
    drafting.submit(refused.uuid, by=partner)
    assert "Scopes that Pleo did not grant" in mine.get(address).text
    change(refused, partner, scope=["users:read", AGAIN], scope_reasons={AGAIN: WHY})
    drafting.submit(refused.uuid, by=partner)
    review.approve(
        refused.uuid, by=reviewer, seen_version=3, granted=["users:read", AGAIN], signed_in_at=timezone.now()
    )
    assert "Scopes that Pleo did not grant" not in mine.get(address).text
