"""The governing document's example, from an empty form to the secret."""

from django.utils import timezone

from registrations.client_secrets import verifier_of
from registrations.models import ClientSecret, Registration
from registrations.workflow import review
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted
from tests.support.invariants import check_invariants


def test_the_example_client_is_registered_and_its_secret_revealed_once(login, partner, reviewer):
    browser = login(partner)
    assert browser.get("/").status_code == 200
    page = browser.post("/registrations/new/", example_posted(then="check"), follow=True)
    registration = Registration.objects.get()
    assert page.request["PATH_INFO"] == at(registration, "check/")
    assert not with_attribute(page.text, "data-rule")

    (version,) = with_attribute(page.text, "name", "draft_version")
    page = browser.post(at(registration, "submit/"), {"draft_version": version.get("value")}, follow=True)
    assert "Under review" in page.text

    review.approve(
        registration.uuid, by=reviewer, seen_version=1, note="Welcome.", signed_in_at=timezone.now()
    )
    page = browser.get(at(registration, "credentials/"))
    (form,) = with_attribute(page.text, "data-action", "reveal")
    page = browser.post(form.get("action"))
    (secret,) = with_attribute(page.text, "data-secret")
    (client_id,) = with_attribute(page.text, "data-client-id")
    assert verifier_of(secret.words()) == ClientSecret.objects.get().verifier
    assert client_id.words() == str(Registration.objects.get().client_id)

    assert browser.post(form.get("action")).status_code == 410
    assert "In use" in browser.get(at(registration, "credentials/")).text
    check_invariants()
