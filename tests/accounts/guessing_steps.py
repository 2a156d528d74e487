"""What guessers and owners do at the sign-in page."""

from django.conf import settings
from django.test import Client, RequestFactory

from portal.accounts import guessing
from portal.accounts.models import User
from portal.limits import TooManyRequests
from tests.support.people import PASSWORD

WRONG = "wrong-password-1"
HOME = "192.0.2.44"
AFAR = "198.51.100.9"


def attempt(email, password=WRONG, at=AFAR, client=None):
    """Post the sign-in form, from a new browser unless one is given."""
    browser = client or Client(REMOTE_ADDR=at)
    return browser.post("/accounts/login/", {"login": email, "password": password})


def guess(email, *, at=AFAR):
    """Enter a wrong password as the page does, without its form; whether it was checked at all."""
    request = RequestFactory().get("/", REMOTE_ADDR=at)
    person = User.objects.filter(email=email).first()
    try:
        started = guessing.begin_sign_in(request, email, person)
    except TooManyRequests:
        return False
    started.failed(person)
    return True


def known_browser(user, at=HOME):
    """A browser without a session in which the user signed in before."""
    client = Client(REMOTE_ADDR=at)
    assert attempt(user.email, PASSWORD, client=client)["Location"] == "/registrations/"
    forget_session(client)
    return client


def forget_session(client):
    del client.cookies[settings.SESSION_COOKIE_NAME]
