"""Who gets in by the provider, what they may do then, and who may do it no longer."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import Group
from django.test import Client

from portal.accounts.models import Organisation, PastMembership, User
from portal.audit.models import Event, Outcome
from portal.models import FailedSignIns
from tests.accounts.mailing import deliver
from tests.support import people
from tests.support.races import at_once
from tests.support.second_factor import app_of
from tests.support.sign_in_providers import ACCESS_TOKEN, START, path_of, sign_in

pytestmark = pytest.mark.django_db
SAM = "sam@portal.example"


def groups_of(person):
    return set(person.groups.values_list("name", flat=True))


def verbs():
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def refused(answer):
    """The page of a refusal, as text."""
    assert answer.status_code == 403
    assert 'href="/accounts/login/"' in answer.text
    return answer.text


@pytest.mark.parametrize("tells_apart", [False, True])
def test_the_first_sign_in_makes_an_account(client, provider, tells_apart):
    provider.tells_apart = tells_apart
    assert sign_in(client, provider).url == "/admin/"
    sam = User.objects.get()
    assert (sam.email, sam.full_name, groups_of(sam)) == (SAM, "Sam Staff", {"Reviewers"})
    assert (sam.is_staff, sam.is_superuser, sam.has_usable_password()) == (True, False, False)
    assert EmailAddress.objects.get(user=sam).verified
    connected = SocialAccount.objects.get(user=sam)
    assert (connected.provider, connected.uid, connected.extra_data) == (provider.issuer, "sub-1", {})
    assert not SocialToken.objects.exists()
    assert verbs() == ["provider_account_created", "signed_in"]
    created, signed_in = Event.objects.order_by("pk")
    assert created.detail["groups"] == ["Reviewers"]
    assert (signed_in.actor, signed_in.detail) == (str(sam.pseudonym), {"methods": ["socialaccount"]})


def test_no_token_is_kept_while_the_second_factor_is_asked_for(client, provider):
    sam = people.staff(SAM, "Reviewers")
    app_of(sam)
    provider.tells_apart = True
    assert sign_in(client, provider).url == "/accounts/second-factor/authenticate/"
    assert [path for path, headers, _ in provider.received if ACCESS_TOKEN in str(headers)] == ["/userinfo"]
    kept = str(dict(client.session.items()))
    assert "sub-1" in kept
    for secret in (ACCESS_TOKEN, "eyJ", sam.password):
        assert secret not in kept


def test_the_next_sign_in_is_by_the_subject_alone(provider):
    sign_in(Client(), provider)
    provider.claims |= {"email": "sam.smith@portal.example", "name": "Sam Smith"}
    sign_in(Client(), provider)
    sam = User.objects.get()
    assert (sam.email, sam.full_name) == (SAM, "Sam Staff")
    assert verbs() == ["provider_account_created", "signed_in", "signed_in"]


def test_it_goes_on_to_the_page_that_was_wanted(client, provider):
    page = client.get("/accounts/login/?next=/accounts/sessions/%3Fa%3Db").text
    assert f'href="{START}?next=%2Faccounts%2Fsessions%2F%3Fa%3Db"' in page
    assert (
        sign_in(client, provider, f"{START}?next=/accounts/sessions/%3Fa%3Db").url
        == "/accounts/sessions/?a=b"
    )


@pytest.mark.parametrize("address", ["https://other.example/", "//other.example/", "javascript:alert(1)"])
def test_it_goes_on_to_no_other_site(client, provider, address):
    assert sign_in(client, provider, f"{START}?next={address}").url == "/admin/"


def test_somebody_signed_in_meanwhile_is_signed_out_first(client, provider):
    back = path_of(provider.authorize(client.get(START).url))
    states = client.session["socialaccount_states"]
    people.sign_in(client, people.partner())
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    assert client.get(back).url == "/admin/"
    assert verbs() == ["provider_account_created", "signed_out", "signed_in"]


def test_somebody_signed_in_is_not_sent_there(client, provider):
    people.sign_in(client, people.partner())
    assert client.get(START).url == "/registrations/"


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"email": "sam@other.example"}, "does not meet the conditions"),
        ({"email": "sam@portal.example.evil.example"}, "does not meet the conditions"),
        ({"email": "sam@sub.portal.example"}, "does not meet the conditions"),
        ({"email_verified": False}, "does not say that your email address is confirmed"),
        ({"email_verified": "true"}, "does not say that your email address is confirmed"),
        ({"email_verified": None}, "does not say that your email address is confirmed"),
        ({"email": None}, "does not say that your email address is confirmed"),
        ({"email": ["sam@portal.example"]}, "does not say that your email address is confirmed"),
        ({"email": "sam @portal.example"}, "does not say that your email address is confirmed"),
        ({"email": f"{'s' * 250}@portal.example"}, "does not say that your email address is confirmed"),
        ({"groups": []}, "in no group"),
        ({"groups": None}, "in no group"),
        ({"groups": "everybody"}, "in no group"),
        ({"groups": ["Reviewers", "Client-Reviewers"]}, "in no group"),
        ({"groups": {"client-reviewers": True}}, "in no group"),
    ],
    ids=str,
)
def test_whoever_does_not_meet_the_conditions_gets_no_account(client, provider, claims, says):
    provider.claims |= claims
    assert says in refused(sign_in(client, provider))
    assert not User.objects.exists()
    assert not Event.objects.exists()
    assert FailedSignIns.objects.get().unknown == 1


@pytest.mark.parametrize(
    ("employment", "gets_in"),
    [("internal", True), (["internal", "lead"], True), ("external", False), (None, False), ([], False)],
)
def test_a_claim_can_be_the_condition(client, provider, settings, employment, gets_in):
    settings.PORTAL_OIDC = provider.settings(domain="", claim=("employment", "internal"))
    provider.claims |= {"employment": employment, "email": "sam@elsewhere.example"}
    assert (sign_in(client, provider).status_code == 302) == gets_in
    assert User.objects.exists() == gets_in


def test_with_a_claim_an_address_still_has_to_be_confirmed_to_get_an_account(client, provider, settings):
    settings.PORTAL_OIDC = provider.settings(domain="", claim=("employment", "true"))
    provider.claims |= {"employment": True, "email_verified": False}
    assert "is confirmed" in refused(sign_in(client, provider))
    provider.claims["email_verified"] = True
    assert sign_in(Client(), provider).status_code == 302
    provider.claims["email_verified"] = False
    assert sign_in(Client(), provider).status_code == 302, "whoever is connected is known by the subject"


@pytest.mark.parametrize("name", ["", 7, "x" * 151, "Sam\u202eStaff"])
def test_a_name_that_the_rules_refuse_is_left_out(client, provider, name):
    provider.claims["name"] = name
    sign_in(client, provider)
    assert User.objects.get().full_name == ""


# --- Accounts that exist -----------------------------------------------------------------------


def test_an_account_of_staff_is_connected_and_its_owner_told(client, provider):
    sam = people.staff(SAM, "Reviewers")
    sign_in(client, provider)
    sam.refresh_from_db()
    assert (User.objects.count(), sam.has_usable_password()) == (1, True)
    assert SocialAccount.objects.get(user=sam).uid == "sub-1"
    assert verbs() == ["provider_connected", "signed_in"]
    [email] = deliver()
    assert (email.to, email.subject) == ([SAM], "Your account is connected with Acme")
    sign_in(Client(), provider)
    assert deliver() == []


def test_a_password_from_before_the_address_was_confirmed_ends(client, provider):
    sam = people.staff(SAM, "Reviewers")
    EmailAddress.objects.filter(user=sam).update(verified=False)
    sign_in(client, provider)
    sam.refresh_from_db()
    assert not sam.has_usable_password()
    assert EmailAddress.objects.get(user=sam).verified
    assert "password_ended" in verbs()


def former_partner():
    sam = people.staff(SAM, "Reviewers")
    PastMembership.objects.create(
        person=sam, organisation=people.organisation(), role="admin", joined_at="2020-01-01T00:00Z"
    )
    return sam


def closed():
    sam = people.staff(SAM, "Reviewers")
    User.objects.filter(pk=sam.pk).update(is_active=False)
    return sam


NOT_CONNECTED = {
    "a superuser": (lambda: people.person(SAM, is_staff=True, is_superuser=True), "Superusers sign in with"),
    "a partner": (lambda: people.partner(SAM), "Partners do not become staff"),
    "a former partner": (former_partner, "Partners do not become staff"),
    "somebody without an organisation": (lambda: people.person(SAM), "no staff account"),
    "a closed account": (closed, "Your account here is closed"),
}


@pytest.mark.parametrize("who", NOT_CONNECTED)
def test_other_accounts_are_not_connected(client, provider, who):
    make, says = NOT_CONNECTED[who]
    sam = make()
    before = sam.rights()
    assert says in refused(sign_in(client, provider))
    sam.refresh_from_db()
    assert not SocialAccount.objects.exists()
    assert sam.is_staff == before["is_staff"]
    assert groups_of(sam) == set(before["groups"])
    event = Event.objects.get()
    assert (event.verb, event.outcome, event.stream) == ("sign_in", Outcome.REFUSED, sam.pseudonym)
    assert event.detail["from"] == "provider"
    assert client.get("/registrations/").url.startswith("/accounts/login/")


def test_an_address_that_passed_to_somebody_else_there_does_not_bring_the_account(client, provider):
    sam = people.staff(SAM, "Reviewers")
    SocialAccount.objects.create(user=sam, provider=provider.issuer, uid="sub-0")
    assert "another account at Acme" in refused(sign_in(client, provider))
    assert SocialAccount.objects.get().uid == "sub-0"


def test_the_same_subject_of_another_issuer_is_somebody_else(client, provider):
    other = people.staff("other@portal.example", "Reviewers")
    SocialAccount.objects.create(user=other, provider="https://other.example", uid="sub-1")
    sign_in(client, provider)
    assert SocialAccount.objects.get(provider=provider.issuer).user.email == SAM


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"is_superuser": True}, "Superusers sign in with"),
        ({"is_active": False}, "Your account here is closed"),
    ],
    ids=["superuser", "closed"],
)
def test_whoever_is_connected_may_be_refused_later(provider, change, says):
    sign_in(Client(), provider)
    User.objects.update(**change)
    provider.claims["groups"] = []
    assert says in refused(sign_in(Client(), provider))
    sam = User.objects.get()
    assert (sam.is_staff, groups_of(sam)) == (True, {"Reviewers"}), "and keeps what the desk gave"


@pytest.mark.parametrize("was", [False, True])
def test_a_partner_does_not_become_staff_again(provider, was):
    sign_in(Client(), provider)
    provider.claims["groups"] = []
    sign_in(Client(), provider)
    sam = User.objects.get()
    company = Organisation.objects.create(name="Client Ltd")
    if was:
        PastMembership.objects.create(
            person=sam, organisation=company, role="admin", joined_at="2020-01-01T00:00Z"
        )
    else:
        company.memberships.create(user=sam, role="admin")
    provider.claims["groups"] = ["client-reviewers"]
    assert "Partners do not become staff" in refused(sign_in(Client(), provider))
    sam.refresh_from_db()
    assert not sam.is_staff


# --- Rights ------------------------------------------------------------------------------------


def test_groups_follow_the_provider_at_each_sign_in(client, provider):
    sign_in(client, provider)
    provider.claims["groups"] = ["pkce-deputies"]
    sign_in(Client(), provider)
    assert groups_of(User.objects.get()) == {"PKCE approvers"}
    assert client.get("/admin/").url.startswith("/admin/login/"), "a lost group ends the other sessions"
    assert verbs()[2:] == ["provider_rights_changed", "sessions_ended", "signed_in"]
    change = Event.objects.get(verb="provider_rights_changed")
    assert (change.actor, change.detail["groups"]) == ("system", ["PKCE approvers"])
    provider.claims["groups"] = ["pkce", "client-reviewers"]
    sign_in(Client(), provider)
    assert groups_of(User.objects.get()) == {"PKCE approvers", "Reviewers"}


def test_other_groups_and_other_people_stay_as_the_desk_has_them(provider, settings):
    settings.PORTAL_OIDC = provider.settings(groups={"Reviewers": frozenset({"client-reviewers"})})
    people.staff(SAM, "PKCE approvers", "Auditors")
    colleague = people.reviewer()
    sign_in(Client(), provider)
    assert groups_of(User.objects.get(email=SAM)) == {"PKCE approvers", "Auditors", "Reviewers"}
    provider.claims["groups"] = []
    sign_in(Client(), provider)
    assert groups_of(User.objects.get(email=SAM)) == {"PKCE approvers", "Auditors"}
    colleague.refresh_from_db()
    assert (colleague.is_staff, groups_of(colleague)) == (True, {"Reviewers"})


def test_no_group_of_the_provider_makes_a_superuser_or_lead(client, provider):
    provider.claims["groups"] = ["client-reviewers", "Leads", "superusers", "admin"]
    sign_in(client, provider)
    sam = User.objects.get()
    assert (sam.is_superuser, groups_of(sam)) == (False, {"Reviewers"})


@pytest.mark.parametrize(
    "claims", [{"groups": []}, {"email_verified": False}, {"email": "sam@other.example"}], ids=str
)
def test_without_a_group_or_the_conditions_all_rights_end(client, provider, claims):
    provider.token = {"amr": ["mfa"]}
    sign_in(client, provider)
    provider.claims |= claims
    refused(sign_in(Client(), provider))
    sam = User.objects.get()
    assert (sam.is_staff, groups_of(sam)) == (False, set())
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert verbs()[2:] == ["provider_rights_changed", "sessions_ended", "sign_in"]
    refused(sign_in(Client(), provider))
    assert verbs()[5:] == ["sign_in"], "nothing is left to take away"


def test_who_comes_back_gets_the_rights_again(provider):
    sign_in(Client(), provider)
    provider.claims["groups"] = []
    sign_in(Client(), provider)
    provider.claims["groups"] = ["client-reviewers"]
    assert sign_in(Client(), provider).url == "/admin/"
    sam = User.objects.get()
    assert (sam.is_staff, groups_of(sam)) == (True, {"Reviewers"})


def test_a_group_that_the_desk_has_not_gives_nothing(client, provider):
    Group.objects.filter(name="Reviewers").delete()
    assert sign_in(client, provider).status_code == 302
    assert groups_of(User.objects.get()) == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("exists", [False, True])
def test_two_first_sign_ins_at_once_are_one_account(provider, exists):
    if exists:
        people.staff(SAM, "Reviewers")
    browsers = [Client(), Client()]
    backs = [path_of(provider.authorize(browser.get(START).url)) for browser in browsers]
    answers = at_once(*(lambda pair=pair: pair[0].get(pair[1]) for pair in zip(browsers, backs, strict=True)))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)
    assert verbs().count("provider_connected" if exists else "provider_account_created") == 1
