"""The live check: who may ask, what is answered, and that nothing is left behind."""

import re
import uuid

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.limits import LIVE_CHECK
from registrations.rules.metadata import RULES_VERSION
from tests.support import people
from tests.support.forms import example_posted
from tests.support.limits import use_up
from tests.support.registrations import a_draft, approved, submitted
from tests.support.statements import statements

CHECK = "/registrations/check/"
STAR = "https://*.client.example/callback"


@pytest.fixture
def ask(login, partner):
    """``ask(field=value …)`` is the partner's question; answers with the findings."""
    browser = login(partner)

    def asked(**posted):
        answer = browser.post(CHECK, posted)
        assert answer.status_code == 200
        return answer.json()["findings"]

    return asked


def places(findings):
    return [(one["field"], one["index"], one["rule"]) for one in findings]


def test_one_field_is_judged_alone(ask):
    (found,) = ask(redirect_uris="http://client.example/cb")
    assert found == {
        "rule": "R-23",
        "severity": "reject",
        "field": "redirect_uris",
        "index": 0,
        "message": found["message"],
        "suggestion": "https://client.example/cb",
        "excerpt": "http",
        "href": "/rules/#R-23",
    }


def test_the_answer_names_the_rules_and_is_stored_nowhere(login, partner):
    answer = login(partner).post(CHECK, example_posted())
    assert answer.json() == {"rules_version": RULES_VERSION, "findings": []}
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"


def test_the_forms_script_gets_what_the_form_would_show(login, partner):
    typed = {"redirect_uris": ["http://client.example/cb", STAR], "client_name": "<b>Acme</b> for Pleo"}
    draft, browser = a_draft(partner, **typed), login(partner)
    named = example_posted(**typed) | {"registration": str(draft.uuid)}
    answer = browser.post(CHECK, named, HTTP_ACCEPT="text/html")
    assert answer["Content-Type"].startswith("text/html")
    assert answer["Cache-Control"] == "no-store"
    page = browser.get(f"/registrations/{draft.uuid}/edit/?show=all")
    assert items(answer.text) == items(page.text) != []
    assert "<b>Acme" not in answer.text


def items(text):
    """Each list item of a finding that is shown, with everything in it."""
    shown = re.sub("<template.*?</template>", "", text, flags=re.DOTALL)
    return re.findall(r'<li class="finding .*?</li>', shown, re.DOTALL)


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html,*/*;q=0.8"])
def test_whoever_takes_json_gets_it(login, partner, accept):
    answer = login(partner).post(CHECK, {"redirect_uris": STAR}, HTTP_ACCEPT=accept)
    assert {one["rule"] for one in answer.json()["findings"]} >= {"R-06"}


def test_nobody_is_told_off_for_what_they_have_not_come_to(ask):
    assert ask() == []
    assert ask(**example_posted(client_name="", redirect_uris=[], scope=[], confidential=False)) == []


def test_the_judgement_knows_the_fields_beside(ask):
    local = "http://127.0.0.1/cb"
    assert places(ask(redirect_uris=local)) == []
    assert ("redirect_uris", 0, "R-64") in places(ask(redirect_uris=local, environment="production"))


def test_every_line_has_its_own_findings(ask):
    found = ask(redirect_uris=f"{STAR}\r\nhttps://client.example/cb\r\n{STAR}2")
    assert {one["index"] for one in found if one["severity"] == "reject"} == {0, 2}


def test_files_are_left_aside(login, partner):
    posted = example_posted() | {"logo": SimpleUploadedFile("logo.png", b"no picture")}
    assert login(partner).post(CHECK, posted).json()["findings"] == []


@pytest.mark.parametrize("field", ["client_name", "contacts", "redirect_uris", "scope", "pkce_support"])
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "x" * 20_001])
def test_what_cannot_be_stored_is_a_finding(login, partner, field, text):
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = (part.format(field, text) + part.format("tos_uri", STAR)).encode("utf-8", "surrogatepass")
    answer = login(partner).post(CHECK, body + b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 200
    found = answer.json()["findings"]
    said = {(one["field"], one["rule"], one["href"]) for one in found}
    assert text == "\ud800" or (field, "form", "") in said
    assert "tos_uri" in {one["field"] for one in found}


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"--x\r\n"])
def test_a_hostile_body_is_no_fault_of_ours(login, partner, content_type, body):
    assert login(partner).post(CHECK, body, content_type=content_type).status_code in (200, 400)


@pytest.mark.parametrize("name", ["a", "\x00", "1" * 40, "../edit"])
def test_a_registration_that_is_no_uuid_is_not_found(login, partner, name):
    assert login(partner).post(CHECK, {"registration": name}).status_code == 404


def test_a_registration_of_others_is_not_found(login, partner, stranger):
    mine = a_draft(partner)
    posted = example_posted() | {"registration": str(mine.uuid)}
    theirs = login(stranger).post(CHECK, posted)
    nowhere = login(stranger).post(CHECK, posted | {"registration": str(uuid.uuid4())})
    assert (theirs.status_code, nowhere.status_code) == (404, 404)
    assert login(partner).post(CHECK, posted).status_code == 200


def test_a_viewer_has_no_form_and_no_check(login, partner, viewer):
    posted = {"registration": str(a_draft(partner).uuid)}
    assert login(viewer).post(CHECK, posted).status_code == 403
    assert login(viewer).post(CHECK).status_code == 403


def test_what_is_under_review_can_still_be_looked_at(login, partner):
    posted = example_posted() | {"registration": str(submitted(partner).uuid)}
    assert login(partner).post(CHECK, posted).status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_post_is_answered(login, partner, method):
    assert getattr(login(partner), method)(CHECK).status_code == 405


def test_a_visitor_is_sent_to_sign_in(client):
    answer = client.post(CHECK, example_posted())
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={CHECK}")


def test_a_question_from_another_site_is_refused(partner):
    browser = people.sign_in(Client(enforce_csrf_checks=True), partner)
    assert browser.post(CHECK, example_posted()).status_code == 403


def test_whoever_asks_too_often_is_told_when_to_come_back(login, partner, stranger):
    use_up(LIVE_CHECK, str(partner.pk))
    answer = login(partner).post(CHECK, example_posted())
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= LIVE_CHECK.seconds
    assert login(stranger).post(CHECK, example_posted()).status_code == 200


def rows():
    """Everything in the database but the counters of limits and the sessions."""
    left_out = {"portal.limitcounter", "sessions.session"}
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.label_lower not in left_out
    }


def test_nothing_is_stored(login, partner, reviewer):
    registration, browser = approved(partner, reviewer), login(partner)
    before = rows()
    for extra in ({}, {"registration": str(registration.uuid)}, {"client_name": "\x00"}):
        browser.post(CHECK, example_posted(redirect_uris=[STAR]) | extra)
    assert rows() == before


@pytest.mark.parametrize("entries", [1, 20])
def test_the_check_keeps_its_budget(login, partner, entries):
    browser, uris = login(partner), [f"https://client.example/{number}" for number in range(entries)]
    posted = example_posted(redirect_uris=uris)
    registration = a_draft(partner, redirect_uris=uris)
    with statements() as empty:
        browser.post(CHECK, posted)
    with statements() as named:
        browser.post(CHECK, posted | {"registration": str(registration.uuid)})
    assert (len(empty), len(named)) == (2, 4)


def test_a_name_of_others_is_told_of_and_an_organisation_of_others_changes_nothing(
    ask, stranger, reviewer, partner
):
    approved(stranger, reviewer, client_name="Acme Mobile")
    (found,) = ask(client_name="acme mobi1e", organisation=str(people.home(partner).uuid))
    assert (found["rule"], found["message"]) == (
        "N-10",
        "This name looks like that of another partner’s client. We will check.",
    )
    mine, theirs = a_draft(partner), people.home(stranger)
    assert ask(client_name="acme mobi1e", registration=str(mine.uuid), organisation=str(theirs.uuid)) == [
        found
    ]
