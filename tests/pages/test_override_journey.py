"""From a name that a rule rejects, through the reviewer's answer, to a later revision with it."""

from django.test import Client

from registrations.models import Registration, Revision
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.test_override_requests import NAME, NEW, WHY, ask, boxes, save, weights
from tests.support.forms import example_posted
from tests.support.people import sign_in
from tests.support.registrations import again


def test_from_the_question_to_a_later_revision(login, partner, reviewer):
    browser, desk = login(partner), sign_in(Client(), reviewer)
    save(browser, NEW, "", client_name=NAME)
    registration = Registration.objects.get()
    edit = at(registration, "edit/")
    assert weights(browser.get(edit))["N-05"] == "reject"
    checked = browser.post(edit, example_posted(1, then="check", client_name=NAME) | ask())
    assert checked["Location"] == at(registration, "check/")
    assert browser.post(at(registration, "submit/"), {"draft_version": 2}).status_code == 302

    page = f"/admin/registrations/registration/{registration.uuid}/review/"
    shown = desk.get(page).text
    assert (NAME in shown, WHY in shown) == (True, True)
    approve = {"decision": "approve", "seen_version": 1, "note": ""}
    assert desk.post(page, approve).status_code == 409
    accept = {
        "override": "accept",
        "rule": "N-05",
        "value": NAME,
        "override_reason": "Registered.",
        "seen_version": 1,
    }
    assert desk.post(page, accept).status_code == 302
    assert desk.post(page, approve).status_code == 302
    assert again(registration).status == "active"

    form = browser.get(edit)
    assert weights(form)["N-05"] == "warn"
    assert "Pleo accepted this." in form.text
    assert boxes(form) == []
    later = example_posted(0, then="check", client_name=NAME, client_uri="https://client.example/app")
    assert browser.post(edit, later)["Location"] == at(registration, "check/")
    check = browser.get(at(registration, "check/"))
    assert not with_attribute(check.text, "data-asks")
    assert not with_attribute(check.text, "data-severity", "reject")
    seen = {"draft_version": again(registration).draft.version}
    assert browser.post(at(registration, "submit/"), seen).status_code == 302
    assert desk.post(page, approve | {"seen_version": 2}).status_code == 302
    assert Revision.objects.get(status="approved").number == 2
