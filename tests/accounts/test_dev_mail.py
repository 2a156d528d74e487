import re

import pytest
from django.core.mail import EmailMultiAlternatives

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def send(subject, text="See https://testserver/somewhere/?a=1&b=2 now", html="<p style='x'>Hello</p>"):
    email = EmailMultiAlternatives(subject, text, "a@portal.example", ["b@client.example"])
    email.attach_alternative(html, "text/html")
    email.send()


@pytest.mark.parametrize("path", ["/dev/mail/", "/dev/mail/anything.0/"])
def test_in_production_there_is_no_mailbox(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.urls("tests.accounts.dev_urls")
def test_an_empty_mailbox_says_so(client, folder):
    assert "No email has been sent yet." in client.get("/dev/mail/").text


@pytest.mark.urls("tests.accounts.dev_urls")
def test_emails_are_listed_newest_first_and_their_links_can_be_followed(client, folder):
    send("The first")
    send("The second – ünïcode")
    page = client.get("/dev/mail/").text
    assert page.index("The second – ünïcode") < page.index("The first")
    email = client.get(re.search(r"/dev/mail/[^/\"]+/", page).group()).text
    assert '<a href="https://testserver/somewhere/?a=1&amp;b=2">' in email
    assert "style=" not in email


@pytest.mark.urls("tests.accounts.dev_urls")
@pytest.mark.parametrize("name", ["unknown.0", "..%2f..%2fetc%2fpasswd", "x"])
def test_an_email_that_is_not_there_is_not_found(client, folder, name):
    send("The first")
    assert client.get(f"/dev/mail/{name}/").status_code == 404
