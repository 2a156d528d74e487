"""How somebody proved who they are: the second factor, a recent sign-in, and no other way in."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event
from tests.accounts.mailing import deliver, link_in
from tests.support import people
from tests.support.second_factor import ADD, app_of, code_of, passkey_of
from tests.support.sign_in_providers import AGAIN, START, path_of, sign_in

pytestmark = pytest.mark.django_db
SAM = "sam@portal.example"
NEEDED = "/accounts/second-factor/needed/"
AUTHENTICATE = "/accounts/second-factor/authenticate/"
REAUTHENTICATE = "/accounts/reauthenticate/"
CHANGE = "/accounts/email/change/"
ASKS = f"{REAUTHENTICATE}?next=%2Faccounts%2Femail%2Fchange%2F"
PASSKEY = "/accounts/second-factor/passkeys/login/"


@pytest.fixture
def strong(provider, settings):
    """The provider, whose *mfa* in ``amr`` and *urn:strong* in ``acr`` count as a second factor."""
    settings.PORTAL_OIDC = provider.settings(amr=("mfa", "hwk"), acr=("urn:strong",))
    provider.token = {"amr": ["pwd", "mfa"]}
    return provider


def later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


# --- The second factor -------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"amr": ["pwd", "mfa"]}, {"amr": ["hwk"]}, {"acr": "urn:strong"}], ids=str)
@pytest.mark.parametrize("has_own", [False, True])
def test_the_factor_that_the_provider_asked_for_counts(client, strong, said, has_own):
    if has_own:
        app_of(people.staff(SAM, "Reviewers"))
    strong.token = said
    assert sign_in(client, strong).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert Event.objects.get(verb="signed_in").detail == {"methods": ["mfa", "socialaccount"]}


NOT_ENOUGH = [
    {},
    {"amr": ["pwd"]},
    {"amr": "mfa"},
    {"amr": {"mfa": True}},
    {"amr": [["mfa"]]},
    {"acr": "urn:weak"},
    {"acr": ["urn:strong"]},
    {"acr": "mfa", "amr": ["urn:strong"]},
]


@pytest.mark.parametrize("said", NOT_ENOUGH, ids=str)
def test_without_the_right_acr_or_amr_the_own_factor_is_asked_for(client, strong, said):
    app_of(people.staff(SAM, "Reviewers"))
    strong.token = said
    assert sign_in(client, strong, f"{START}?next=/accounts/sessions/").url == AUTHENTICATE
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert client.post(AUTHENTICATE, {"code": code_of()}).url == "/accounts/sessions/"
    assert client.get("/admin/").status_code == 200
    assert Event.objects.get(verb="signed_in").detail == {"methods": ["socialaccount", "mfa"]}


def test_without_any_factor_staff_set_one_up_first(client, strong):
    strong.token = {}
    sign_in(client, strong)
    assert client.get("/admin/").url == NEEDED
    assert client.get(ADD).status_code == 200


def test_amr_counts_only_in_the_signed_token(client, strong):
    strong.token, strong.tells_apart, strong.userinfo = {}, True, {"amr": ["mfa"], "acr": "urn:strong"}
    sign_in(client, strong)
    assert client.get("/admin/").url == NEEDED


def test_without_the_settings_nothing_counts(client, provider):
    provider.token = {"amr": ["mfa"], "acr": "urn:strong"}
    sign_in(client, provider)
    assert client.get("/admin/").url == NEEDED


def test_the_portal_asks_for_the_acr_that_counts(client, strong):
    assert parse_qs(urlsplit(client.get(START).url).query)["acr_values"] == ["urn:strong"]


# --- A recent sign-in --------------------------------------------------------------------------


def test_staff_without_a_password_prove_who_they_are_at_the_provider(client, strong):
    sign_in(client, strong)
    assert client.get(CHANGE).status_code == 200
    with later(20):
        assert client.get(CHANGE).url == ASKS
        page = client.get(ASKS).text
        assert "Sign in with Acme again" in page
        assert 'type="password"' not in page
        start = f"{AGAIN}?next=%2Faccounts%2Femail%2Fchange%2F"
        assert f'href="{start}"' in page
        there = client.get(start).url
        query = parse_qs(urlsplit(there).query)
        assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
        assert client.get(path_of(strong.authorize(there))).url == CHANGE
        assert client.get(CHANGE).status_code == 200
        assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("said", "ago"),
    [({}, 6 * 60), ({"auth_time": None}, 0), ({"auth_time": "now"}, 0), ({"auth_time": True}, 0)],
)
def test_what_the_provider_remembers_is_no_new_proof(client, strong, said, ago):
    sign_in(client, strong)
    with later(20):
        strong.token |= said
        answer = sign_in(client, strong, f"{AGAIN}?next={CHANGE}", signed_in_ago=ago)
        assert (answer.status_code, "signed in there too long ago" in answer.text) == (403, True)
        assert f'href="{ASKS}"' in answer.text
        assert client.get(CHANGE).url == ASKS


def test_somebody_else_at_the_provider_proves_nothing(client, strong):
    sign_in(client, strong)
    strong.subject, strong.claims["email"] = "sub-2", "kim@portal.example"
    with later(20):
        answer = sign_in(client, strong, AGAIN)
        assert (answer.status_code, "as somebody else than here" in answer.text) == (403, True)
        assert client.get(CHANGE).url == ASKS
    assert User.objects.count() == 1


def test_it_proves_nothing_for_somebody_who_signed_in_meanwhile(client, strong):
    sign_in(client, strong)
    kim = people.staff("kim@portal.example", "Reviewers")
    back = path_of(strong.authorize(client.get(AGAIN).url))
    states = client.session["socialaccount_states"]
    people.sign_in(client, kim, minutes_ago=20)
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    assert client.get(back).status_code == 403
    assert client.get(CHANGE).url == ASKS


def test_who_lost_their_group_finds_out_when_they_prove_who_they_are(client, strong):
    sign_in(client, strong)
    strong.claims["groups"] = []
    answer = sign_in(client, strong, AGAIN)
    assert (answer.status_code, "in no group" in answer.text) == (403, True)
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert not User.objects.get().is_staff


def test_who_lost_one_of_two_groups_signs_in_anew(client, strong):
    strong.claims["groups"] = ["client-reviewers", "pkce"]
    sign_in(client, strong)
    strong.claims["groups"] = ["pkce"]
    assert (
        sign_in(client, strong, f"{AGAIN}?next={CHANGE}").url
        == "/accounts/login/?next=%2Faccounts%2Femail%2Fchange%2F"
    )
    assert client.get("/admin/").url.startswith("/admin/login/")


def test_a_sign_in_that_the_provider_remembered_is_none_from_now(client, strong):
    sign_in(client, strong, signed_in_ago=20 * 60)
    assert client.get("/admin/").status_code == 200
    assert client.get(CHANGE).url == ASKS


def test_a_sign_in_without_a_time_is_never_recent(client, strong):
    strong.token |= {"auth_time": None}
    sign_in(client, strong)
    assert client.get("/admin/").status_code == 200
    assert client.get(CHANGE).url == ASKS


def test_a_sign_in_older_than_any_session_of_staff_is_refused(client, strong):
    assert sign_in(client, strong, signed_in_ago=13 * 60 * 60).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("address", [ADD, "/accounts/second-factor/passkeys/add/"])
def test_a_left_session_sets_up_no_factor(client, strong, address):
    sign_in(client, strong)
    assert client.get(address).status_code == 200
    with later(20):
        assert client.get(address).url.startswith(REAUTHENTICATE)


def test_staff_with_a_password_choose(client, strong):
    sam = people.staff(SAM, "Reviewers")
    app_of(sam)
    sign_in(client, strong)
    page = client.get(ASKS).text
    assert 'type="password"' in page
    assert f'href="{AGAIN}?next=%2Faccounts%2Femail%2Fchange%2F"' in page
    assert "Sign in with Acme again" in client.get("/accounts/second-factor/reauthenticate/").text


def test_the_way_there_is_for_those_who_are_connected(client, strong, reviewer):
    assert client.get(AGAIN).url.startswith("/accounts/login/")
    people.sign_in(client, reviewer)
    assert client.get(AGAIN).status_code == 404
    assert "Acme" not in client.get(REAUTHENTICATE).text


def test_a_link_elsewhere_does_not_send_anybody_to_prove_who_they_are(client, strong):
    sign_in(client, strong)
    answer = client.get(f"{AGAIN}?next={CHANGE}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.url == ASKS


# --- No other way in ---------------------------------------------------------------------------


@pytest.fixture
def sam(strong):
    sign_in(Client(), strong)
    return User.objects.get()


def ask_for(address, field):
    answer = Client().post(address, {field: SAM})
    [email] = deliver()
    return answer, email


WAYS = [("/accounts/password/reset/", "email"), ("/accounts/login/link/", "login")]


@pytest.mark.parametrize(("address", "field"), WAYS)
def test_no_email_gets_round_the_provider(sam, address, field):
    answer, email = ask_for(address, field)
    assert answer.status_code == 302
    assert (email.to, email.subject) == ([SAM], "How you sign in")
    assert "you sign in with Acme" in email.body
    assert link_in(email) == "/accounts/login/"


@pytest.mark.parametrize(("address", "field"), WAYS)
def test_a_link_from_before_is_void(client, strong, address, field):
    sam = people.staff(SAM, "Reviewers")
    sam.set_unusable_password()
    sam.save()
    link = link_in(ask_for(address, field)[1])
    SocialAccount.objects.create(user=sam, provider=strong.issuer, uid="sub-1")
    client.post(client.get(link, follow=True).request["PATH_INFO"], {"password1": "copper-lantern-47-meadow"})
    sam.refresh_from_db()
    assert not sam.has_usable_password()
    assert client.get("/registrations/").url.startswith("/accounts/login/")


def test_a_passkey_is_a_second_factor_only(client, sam, monkeypatch):
    passkey = passkey_of(sam)
    monkeypatch.setattr(LoginWebAuthnForm, "clean_credential", lambda form: passkey)
    answer = client.post(PASSKEY, {"credential": '{"id": "one"}'})
    assert (answer.status_code, "Sign in with Acme" in answer.text) == (403, True)
    assert client.get("/registrations/").url.startswith("/accounts/login/")


def test_a_passkey_still_signs_in_who_has_a_password(client, strong, monkeypatch):
    sam = people.staff(SAM, "Reviewers")
    SocialAccount.objects.create(user=sam, provider=strong.issuer, uid="sub-1")
    passkey = passkey_of(sam)
    monkeypatch.setattr(LoginWebAuthnForm, "clean_credential", lambda form: passkey)
    assert client.post(PASSKEY, {"credential": '{"id": "one"}'}).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("change", ["superuser", "no provider"])
def test_a_superuser_and_everybody_without_a_provider_get_a_link(sam, settings, change):
    if change == "superuser":
        User.objects.update(is_superuser=True)
    else:
        settings.PORTAL_OIDC = None
    _, email = ask_for(*WAYS[0])
    assert "/password/reset/key/" in link_in(email)


@pytest.mark.parametrize("person", [None, "reviewer"])
@pytest.mark.parametrize("address", [START, AGAIN, "/accounts/provider/callback/?code=a&state=b"])
def test_without_a_provider_there_is_nothing(client, settings, person, address, request):
    assert settings.PORTAL_OIDC is None
    if person:
        people.sign_in(client, request.getfixturevalue(person))
    assert client.get(address).status_code == 404


def test_without_a_provider_the_sign_in_page_names_none(client, provider, settings):
    assert "Sign in with Acme" in client.get("/accounts/login/").text
    settings.PORTAL_OIDC = None
    page = client.get("/accounts/login/").text
    assert "Sign in with a passkey" in page
    assert "/accounts/provider/" not in page


def test_the_account_page_offers_no_password_to_change(client, strong):
    sign_in(client, strong)
    page = client.get("/accounts/email/").text
    assert "/accounts/password/change/" not in page


def test_the_export_names_what_connects_the_account(client, strong):
    sign_in(client, strong)
    [connected] = client.post("/accounts/export/").json()["sign_in_provider"]
    assert (connected["provider"], connected["uid"]) == (strong.issuer, "sub-1")
