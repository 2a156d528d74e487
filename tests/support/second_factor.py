"""Codes of an authenticator app, as a phone would show them."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from portal.accounts.apps import SECOND_FACTOR
from portal.sealing import seal

ADD = "/accounts/second-factor/app/add/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret=SECRET, step=0):
    """The code that the app shows now, or ``step`` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def set_up(client, step=0):
    """Set up an app on the pages; returns the answer to the first code, and the secret."""
    secret = re.search(r"<code>([A-Z2-7]+)</code>", client.get(ADD).content.decode()).group(1)
    return client.post(ADD, {"code": code_of(secret, step)}), secret


def app_of(person, secret=SECRET):
    """An app that the person has set up, as its row."""
    sealed = seal(secret, purpose=SECOND_FACTOR, bound_to=[str(person.pseudonym)])
    data = {"secret": sealed}
    return Authenticator.objects.create(user=person, type="totp", data=data, created_at=timezone.now())


def passkey_of(person, name="Laptop"):
    """The row of a passkey that nobody has."""
    return Authenticator.objects.create(user=person, type="webauthn", data={"name": name, "credential": {}})
