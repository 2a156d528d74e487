import pytest
from django.urls import get_resolver

from tests.support.people import partner, sign_in

pytestmark = pytest.mark.django_db

VISITOR = [
    "/accounts/login/",
    "/accounts/login/link/",
    "/accounts/login/link/sent/",
    "/accounts/login/link/zzz-nothing/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nothing:at:all/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/zzzzzzzzzzzzz-nothing/",
]
MEMBER = [
    "/accounts/email/change/",
    "/accounts/email/change/nothing:at:all/",
    "/accounts/name/",
    "/accounts/notifications/",
    "/accounts/delete/",
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
]


def assert_ours(answer):
    assert answer.status_code == 200
    assert "<header" in answer.text
    assert "<h1>" in answer.text
    assert "style=" not in answer.text
    assert "<style" not in answer.text
    assert "onclick=" not in answer.text


@pytest.mark.parametrize("path", VISITOR)
def test_a_visitor_sees_the_page_in_our_layout(client, path):
    assert_ours(client.get(path))


@pytest.mark.parametrize("path", MEMBER)
def test_a_member_sees_the_page_in_our_layout(client, path):
    assert_ours(sign_in(client, partner()).get(path))


@pytest.mark.parametrize("path", MEMBER)
def test_a_visitor_gets_no_page_of_a_member(client, path):
    assert client.get(path).status_code == 302


def test_no_other_account_page_can_be_reached():
    names = {name for name in get_resolver().reverse_dict if str(name).startswith("account_")}
    assert names == {
        "account_login",
        "account_second_factor",
        "account_session_end",
        "account_sessions",
        "account_sessions_end",
        "account_sign_in_link",
        "account_sign_in_link_sent",
        "account_sign_in_by_link",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email",
        "account_change_email",
        "account_confirm_new_email",
        "account_name",
        "account_notifications",
        "account_export",
        "account_delete",
        "account_reauthenticate",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_reset_password_from_key",
    }


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
def test_a_form_answers_with_a_page_whatever_is_accepted(client, accept):
    answer = client.post("/accounts/login/", {"login": "x"}, headers={"accept": accept})
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_on_the_site(client, away):
    sign_in(client, partner())
    assert client.get("/accounts/login/", {"next": away})["Location"] == "/registrations/"


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/login/link/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_no_box_repeats_its_label(client, path):
    assert "placeholder=" not in client.get(path).text


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/reauthenticate/"])
def test_no_box_of_a_member_repeats_its_label(client, path):
    page = sign_in(client, partner()).get(path).text
    assert "placeholder=" not in page
    assert 'autocomplete="current-password"' in page


def test_labels_have_one_capital_letter(client):
    page = sign_in(client, partner()).get("/accounts/password/change/").text
    assert "Current password" in page
    assert "New password" in page


def test_the_rules_of_passwords_are_one_line(client):
    page = client.get("/accounts/signup/").text
    assert "At least 12 characters that are hard to guess" in page
    assert 'autocomplete="new-password"' in page
    assert "<li>Your password" not in page
