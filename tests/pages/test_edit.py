"""The form of a registration that exists: it keeps everything, and two tabs do not harm each other."""

import pytest
from django.test import Client

from registrations.models import Draft
from registrations.rules.record_fields import FIELDS
from registrations.workflow import drafting, review
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, again, approved, change, example_values, submitted
from tests.support.statements import statements

HOSTILE = [
    '"><script>alert(1)</script>',
    "  https://*.client.example/cb#x ",
    "{{ 7*7 }}{% url 'x' %}",
    "\u202e\u200bPleo\ufeff",
    "a" * 3_999,
    "%00%0d%0a` or 1=1 --",
    "https://[::1",
    "𝒫leo\u2028\u0085x",
]
TOO_MUCH = ["\x00", "a\x00b", "x" * 20_001]


def values(page, name):
    return [e.get("value") for e in with_attribute(page.text, "name", name)]


def areas(page, name):
    return [e.text.strip("\n") for e in with_attribute(page.text, "name", name)]


def findings(page):
    return {e.get("data-field") for e in with_attribute(page.text, "data-rule")}


def test_a_visitor_signs_in_and_comes_back(partner):
    registration = a_draft(partner)
    answer = Client().get(at(registration, "edit/"))
    assert answer["Location"] == f"/accounts/login/?next={at(registration, 'edit/')}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_nothing(login, partner, stranger, method):
    registration = a_draft(partner)
    answer = getattr(login(stranger), method)(
        at(registration, "edit/"), example_posted(1, client_name="Mine")
    )
    assert answer.status_code == 404
    assert again(registration).draft.data["client_name"] == "Example Client"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_viewer_may_not_edit(login, partner, viewer, method):
    registration = a_draft(partner)
    answer = getattr(login(viewer), method)(at(registration, "edit/"), example_posted(1, client_name="Mine"))
    assert answer.status_code == 403
    assert again(registration).draft.version == 1


def test_the_form_shows_the_draft_as_typed(login, partner):
    typed = ["HTTPS://Client.Example/cb ", "", "not a uri"]
    registration = a_draft(partner, redirect_uris=typed, client_name=" Two  Words")
    page = login(partner).get(at(registration, "edit/"))
    assert values(page, "client_name") == [" Two  Words"]
    assert areas(page, "redirect_uris") == ["HTTPS://Client.Example/cb \nnot a uri"]
    assert values(page, "draft_version") == ["1"]


def test_findings_stand_beside_what_was_typed_and_not_beside_what_is_empty(login, partner):
    registration = a_draft(
        partner, redirect_uris=["http://client.example/cb"], policy_uri="", confidential=False
    )
    browser = login(partner)
    page = browser.get(at(registration, "edit/"))
    assert findings(page) == {"redirect_uris"}
    assert not with_attribute(page.text, "data-error-summary")
    everything = browser.get(at(registration, "edit/"), {"show": "all"})
    assert findings(everything) == {"redirect_uris", "policy_uri", "confidential"}
    assert len(with_attribute(everything.text, "data-error-summary")) == 1


def test_saving_keeps_every_field(login, partner):
    registration = a_draft(partner)
    typed = example_values(
        client_name="Other Client",
        contacts=["a@client.example", "b@client.example"],
        initiation_uri="https://client.example/start",
        configuration_uri="https://client.example/settings",
        environment="production",
        redirect_uris=["https://client.example/a", "https://client.example/b"],
        scope=["users:read"],
        pkce_support="exception_requested",
        pkce_justification="Because.",
        pkce_controls="None.",
        subject_type_preference="company",
        confidential=False,
    )
    answer = login(partner).post(at(registration, "edit/"), example_posted(1, **typed), follow=True)
    assert again(registration).draft.data == typed
    assert "Draft saved." in answer.text
    assert values(answer, "draft_version") == ["2"]


def test_a_draft_without_faults_goes_on_to_the_check(login, partner):
    registration = a_draft(partner)
    answer = login(partner).post(at(registration, "edit/"), example_posted(1, then="check"))
    assert answer["Location"] == at(registration, "check/")


def test_a_draft_with_faults_comes_back_with_all_of_them(login, partner):
    registration = a_draft(partner)
    answer = login(partner).post(at(registration, "edit/"), example_posted(1, then="check", tos_uri=""))
    assert answer["Location"] == at(registration, "edit/?show=all")


def test_a_saved_draft_with_errors_sums_them_up(login, partner):
    registration, browser = a_draft(partner), login(partner)
    typed = example_posted(1, redirect_uris=["http://client.example/cb"], tos_uri="")
    page = browser.post(at(registration, "edit/"), typed, follow=True)
    assert "Draft saved." in page.text
    summary = [link.get("data-for-field") for link in with_attribute(page.text, "href", "#id_redirect_uris")]
    assert summary == ["redirect_uris"]
    assert "Error:" in page.text.partition("</title>")[0]
    assert not with_attribute(page.text, "href", "#id_tos_uri")


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in ("logo", "confidential")])
@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_kept_and_shown(login, partner, field, text):
    registration = a_draft(partner)
    browser = login(partner)
    saved = browser.post(at(registration, "edit/"), example_posted(1) | {field: text})
    page = browser.get(at(registration, "edit/"), {"show": "all"})
    assert (saved.status_code, page.status_code) == (302, 200)
    kept = again(registration).draft.data[field]
    assert text.strip(" \t") in [entry.strip(" \t") for entry in (kept if isinstance(kept, list) else [kept])]
    assert text.strip(" \t") in " ".join(map(str, values(page, field) + areas(page, field)))
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in ("logo", "confidential")])
@pytest.mark.parametrize("text", TOO_MUCH)
def test_what_cannot_be_stored_is_said_beside_its_field_and_the_rest_is_still_there(
    login, partner, field, text
):
    registration = a_draft(partner)
    answer = login(partner).post(
        at(registration, "edit/"), example_posted(1, client_name="Changed") | {field: text}
    )
    assert answer.status_code == 200
    assert field in findings(answer)
    if field != "client_name":
        assert values(answer, "client_name") == ["Changed"]
    assert again(registration).draft.data == example_values()


@pytest.mark.parametrize("version", ["x", "-1", "99999999999999999999", "1.5", "\x00"])
def test_a_nonsense_version_saves_nothing(login, partner, version):
    registration = a_draft(partner)
    answer = login(partner).post(at(registration, "edit/"), example_posted(1) | {"draft_version": version})
    assert answer.status_code == 200
    assert again(registration).draft.version == 1


def test_the_second_tab_is_told_and_loses_nothing_typed(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    browser.post(at(registration, "edit/"), example_posted(1, client_name="First Tab"))
    late = browser.post(at(registration, "edit/"), example_posted(1, client_name="Second Tab"))
    assert late.status_code == 409
    assert values(late, "client_name") == ["Second Tab"]
    assert "Somebody saved this draft in the meantime" in late.text
    (way,) = [e for e in with_attribute(late.text, "target", "_blank") if "other page saved" in e.text]
    assert way.get("href") == at(registration, "edit/")
    assert again(registration).draft.data["client_name"] == "First Tab"
    assert values(late, "draft_version") == ["2"]


def test_the_second_tab_sees_what_changed(login, partner, colleague):
    registration = a_draft(partner)
    login(colleague).post(at(registration, "edit/"), example_posted(1, client_name="First Tab"))
    late = login(partner).post(at(registration, "edit/"), example_posted(1, client_name="Second Tab"))
    (shown,) = with_attribute(late.text, "data-version", "2")
    assert "A colleague saved this draft on" in shown.words()
    assert shown.words().endswith("Client name First Tab Second Tab")


def test_saving_once_more_after_the_clash_is_a_decision(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    browser.post(at(registration, "edit/"), example_posted(1, client_name="First Tab"))
    browser.post(at(registration, "edit/"), example_posted(1, client_name="Second Tab"))
    assert (
        browser.post(at(registration, "edit/"), example_posted(2, client_name="Second Tab")).status_code
        == 302
    )
    assert again(registration).draft.data["client_name"] == "Second Tab"


def test_a_page_that_carries_no_version_does_not_overwrite(login, partner):
    registration = a_draft(partner)
    answer = login(partner).post(at(registration, "edit/"), example_posted("", client_name="Unversioned"))
    assert answer.status_code == 409
    assert again(registration).draft.data["client_name"] == "Example Client"


def test_what_is_under_review_cannot_be_edited(login, partner):
    registration = submitted(partner)
    browser = login(partner)
    assert browser.get(at(registration, "edit/"))["Location"] == at(registration)
    late = browser.post(at(registration, "edit/"), example_posted(1, client_name="Too Late"))
    assert late.status_code == 409
    assert values(late, "client_name") == ["Too Late"]
    assert again(registration).draft.data["client_name"] == "Example Client"


def test_what_is_closed_cannot_be_edited(login, partner):
    registration = a_draft(partner)
    drafting.discard(registration.uuid, by=partner)
    assert login(partner).get(at(registration, "edit/"))["Location"] == at(registration)
    assert login(partner).post(at(registration, "edit/"), example_posted(0)).status_code == 409
    assert not Draft.objects.exists()


def test_a_live_client_is_edited_from_what_is_live(login, partner, reviewer):
    registration = approved(partner, reviewer)
    browser = login(partner)
    page = browser.get(at(registration, "edit/"))
    assert values(page, "client_name") == ["Example Client"]
    assert areas(page, "redirect_uris") == ["https://client.example/callback"]
    assert values(page, "draft_version") == ["0"]
    assert not Draft.objects.exists()
    browser.post(at(registration, "edit/"), example_posted(0, client_name="New Name"))
    assert Draft.objects.get().data["client_name"] == "New Name"


def test_what_was_sent_back_is_edited_from_its_draft(login, partner, reviewer):
    registration = submitted(partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Please.")
    change(registration, partner, client_name="Mended")
    assert values(login(partner).get(at(registration, "edit/")), "client_name") == ["Mended"]


@pytest.mark.parametrize("entries", [1, 20])
def test_form_and_save_keep_their_budgets(login, partner, reviewer, entries):
    uris = [f"https://client.example/{number}" for number in range(entries)]
    browser = login(partner)
    for registration, version in (
        (a_draft(partner, redirect_uris=uris), 1),
        (approved(partner, reviewer, redirect_uris=uris), 0),
    ):
        with statements() as form:
            assert browser.get(at(registration, "edit/")).status_code == 200
        with statements() as save:
            assert browser.post(at(registration, "edit/"), example_posted(version)).status_code == 302
        assert len(form) <= 6
        assert len(save) <= 12


@pytest.mark.parametrize("decide", [review.request_changes, review.reject])
def test_the_reviewers_note_stands_above_the_form(login, partner, reviewer, decide):
    registration = submitted(partner)
    decide(registration.uuid, by=reviewer, seen_version=1, note="Use <b>your</b> own domain.")
    browser = login(partner)
    shown = browser.get(at(registration, "edit/"))
    assert "Use &lt;b&gt;your&lt;/b&gt; own domain." in shown.text
    broken = browser.post(at(registration, "edit/"), example_posted(2, client_uri="\x00"))
    assert "Note from Pleo" in broken.text
    drafting.submit(registration.uuid, by=partner)
    drafting.withdraw(registration.uuid, by=partner)
    assert "Note from Pleo" not in browser.get(at(registration, "edit/")).text
