"""Staff sign in at a certified provider, which runs beside the portal."""

import json
from urllib.parse import urlsplit

import pytest
import requests
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import User
from portal.audit.models import Event
from portal.staff_provider.configuration import Provider
from tests.e2e.processes import node
from tests.support import people
from tests.support.second_factor import app_of, code_of
from tests.support.sign_in_providers import AGAIN, CALLBACK, CLIENT, SECRET, STAFF, START, path_of

pytestmark = pytest.mark.django_db
CHANGE = "/accounts/email/change/"
AUTHENTICATE = "/accounts/second-factor/authenticate/"


class Company:
    """The provider, and the browsers that are signed in there."""

    def __init__(self, process):
        self.process = process
        self.issuer = process.stdout.readline().strip()
        assert self.issuer, "the provider did not start"

    def expect(self, sub="sam", *, acr=None, amr=None, refuses=False, **claims):
        """Say who signs in from now on."""
        person = {"sub": sub, "claims": STAFF | claims, "acr": acr, "amr": amr, "refuses": refuses}
        self.process.stdin.write(json.dumps(person) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ready\n"


@pytest.fixture
def company(settings):
    cache.clear()
    environment = {"CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "ACR": "urn:strong urn:weak"}
    with node("staff.js", REDIRECT_URI=f"https://testserver{CALLBACK}", **environment) as process:
        company = Company(process)
        settings.PORTAL_OIDC = Provider(
            issuer=company.issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            name="Acme",
            domain="portal.example",
            claim=("employment", "internal"),
            groups_claim="groups",
            groups={"Reviewers": frozenset({"client-reviewers"}), "PKCE approvers": frozenset({"pkce"})},
            acr=("urn:strong",),
            amr=("mfa",),
        )
        yield company


class Browser:
    """A browser with a session here and perhaps one there."""

    def __init__(self):
        self.portal, self.provider = Client(), requests.Session()

    def sign_in(self, start=START):
        """Go there, follow every redirect, and return the answer to coming back."""
        there = self.portal.get(start)
        assert there.status_code == 302, there.text
        address = there.url
        for _ in range(5):
            answer = self.provider.get(address, allow_redirects=False, timeout=60)
            assert answer.is_redirect, answer.text
            address = requests.compat.urljoin(address, answer.headers["Location"])
            if urlsplit(address).hostname == "testserver":
                return self.portal.get(path_of(address))
        raise AssertionError(address)


def test_a_colleague_signs_in_decides_and_loses_the_right(company):
    company.expect(employment="internal", amr=["pwd", "mfa"])
    browser = Browser()
    assert browser.sign_in().url == "/admin/"
    assert browser.portal.get("/admin/").status_code == 200
    sam = User.objects.get()
    assert (sam.email, sam.is_staff, sam.has_usable_password()) == (STAFF["email"], True, False)
    assert list(sam.groups.values_list("name", flat=True)) == ["Reviewers"]
    company.expect(employment="internal", groups=["pkce"])
    Browser().sign_in()
    assert list(sam.groups.values_list("name", flat=True)) == ["PKCE approvers"]
    assert browser.portal.get("/admin/").status_code == 302
    company.expect(employment="external", groups=["pkce"])
    assert Browser().sign_in().status_code == 403
    sam.refresh_from_db()
    assert (sam.is_staff, sam.groups.exists()) == (False, False)


@pytest.mark.parametrize(
    ("how", "counts"),
    [({"acr": "urn:strong"}, True), ({"acr": "urn:weak"}, False), ({"amr": ["pwd"]}, False), ({}, False)],
    ids=str,
)
def test_only_the_acr_of_the_settings_spares_the_own_factor(company, how, counts):
    app_of(people.staff(STAFF["email"], "Reviewers"))
    company.expect(employment="internal", **how)
    browser = Browser()
    answer = browser.sign_in()
    if not counts:
        assert answer.url == AUTHENTICATE
        answer = browser.portal.post(AUTHENTICATE, {"code": code_of()})
    assert answer.url == "/admin/"
    assert browser.portal.get("/admin/").status_code == 200


def test_a_colleague_proves_again_who_they_are(company):
    """The provider still knows the browser, and all the same asks to sign in."""
    company.expect(employment="internal", amr=["mfa"])
    browser = Browser()
    browser.sign_in()
    session = browser.portal.session
    for one in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        one["at"] -= 20 * 60
    session.save()
    assert browser.portal.get(CHANGE).status_code == 302
    assert browser.sign_in(f"{AGAIN}?next={CHANGE}").url == CHANGE
    assert browser.portal.get(CHANGE).status_code == 200
    assert Event.objects.filter(verb="signed_in").count() == 1
    browser.provider = requests.Session()
    company.expect("kim", employment="internal", email="kim@portal.example")
    answer = browser.sign_in(AGAIN)
    assert (answer.status_code, "as somebody else" in answer.text) == (403, True)


def test_what_the_provider_remembers_signs_in(company):
    company.expect(employment="internal", amr=["mfa"])
    browser = Browser()
    browser.sign_in()
    browser.portal = Client()
    company.expect("kim", employment="internal", email="kim@portal.example")
    assert browser.sign_in().url == "/admin/", "without a page: the provider knows the browser"
    assert User.objects.get().email == STAFF["email"]


def test_who_gives_up_there_is_told_so(company):
    company.expect(refuses=True)
    answer = Browser().sign_in()
    assert (answer.status_code, "Acme did not sign you in" in answer.text) == (403, True)
    assert not User.objects.exists()
