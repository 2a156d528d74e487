"""Who was erased is nowhere any more, but where the command says so.

The search is tried on a canary first, in every place and in every disguise.
"""

import logging
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portal.accounts import own_account
from portal.accounts.invitations import accept, invite, token_of
from portal.accounts.models import User
from registrations.models import ContactConfirmation
from registrations.workflow import comments, contacts
from tests.accounts.guessing_steps import guess
from tests.support import people
from tests.support.leaks import disguises, holds, tables
from tests.support.people import PASSWORD, home, sign_in
from tests.support.registrations import a_draft, approved, submitted
from tests.support.second_factor import app_of

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "nora.quillfeather@client.example"
NAME = "Nora Quillfeather-Ainsworth"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def log(caplog):
    """What a server writes to its log; the parameters of statements are not among it."""
    caplog.set_level(logging.INFO)
    return caplog


def found(log):
    """The tables, and whatever else, in which the name or the address is, however it is encoded."""
    places = tables() | {
        "log": "\n".join(str(record.__dict__) for record in log.records if is_written(record)).encode(),
        "media": b"\n".join(path.read_bytes() for path in Path(settings.MEDIA_ROOT).rglob("*.*")),
    }
    return {place for place, blob in places.items() if holds(EMAIL, blob) or holds(NAME, blob)}


def is_written(record):
    return not record.name.startswith("django.db")


def nora_lives_here():
    """Everything that somebody leaves behind in a portal."""
    admin, reviewer = people.partner(), people.reviewer()
    user = User.objects.create_user(EMAIL, PASSWORD, full_name=NAME)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    accept(token_of(invite(home(admin).uuid, EMAIL, "developer", by=admin, **now())), by=user)
    browser = sign_in(Client(), user)
    browser.post("/accounts/name/", {"full_name": NAME})
    browser.post("/accounts/login/link/", {"login": EMAIL})
    guess(EMAIL)
    app_of(user)
    SocialAccount.objects.create(user=user, provider="x", uid=EMAIL, extra_data={"name": NAME})
    LogEntry.objects.create(user=admin, action_flag=CHANGE, object_repr=EMAIL, change_message="")
    LogEntry.objects.all().update(user=user)
    live = approved(user, reviewer, contacts=[EMAIL])
    contacts.confirm(ContactConfirmation.objects.get(address=EMAIL).token)
    waiting = submitted(user, client_name="Another")
    comments.message(waiting.uuid, by=user, text=f"{NAME}, {EMAIL}")
    a_draft(user)
    browser.get(f"/registrations/{live.uuid}/")
    call_command("worker", once=True)
    own_account.ask_for_email_change(f"new.{EMAIL}", by=user, signed_in_at=timezone.now())
    return user


def now():
    return {"signed_in_at": timezone.now()}


def erased_and_purged():
    """Two days later; the tables of which the command says that something stays there."""
    said = StringIO()
    call_command("erase_person", EMAIL, stdout=said)
    call_command("worker", once=True)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        call_command("purge", stdout=StringIO())
    labels = re.findall(r"^Stays: (\w+\.\w+)\.\w+: \d+$", said.getvalue(), re.MULTILINE)
    return {apps.get_model(label)._meta.db_table for label in labels} - {"outbox_outboxmessage"}


def test_who_was_erased_is_only_where_the_command_says(log):
    nora_lives_here()
    assert {"accounts_user", "account_emailaddress", "registrations_comment"} <= found(log)
    stays = erased_and_purged()
    assert stays == {"registrations_revision"}
    assert found(log) == stays


def test_what_others_wrote_stays_and_is_said(log):
    user = nora_lives_here()
    waiting = submitted(people.stranger(), client_name="Third")
    comments.note(waiting.uuid, by=people.reviewer("other@portal.example"), text=f"Ask {NAME}.")
    stays = erased_and_purged()
    assert stays == {"registrations_revision", "registrations_desknote"}
    assert found(log) == stays
    assert user.pseudonym


def plant_in_media():
    Path(settings.MEDIA_ROOT, "x.txt").write_text(EMAIL)


def plant_in_cache():
    cache.set("seen", {"name": NAME})


def plant_in_log():
    logging.getLogger("portal").warning("seen %s", EMAIL)


def plant_in_session():
    session = sign_in(Client(), people.stranger()).session
    session["seen"] = NAME
    session.save()


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (plant_in_media, "media"),
        (plant_in_cache, "portal_cache"),
        (plant_in_log, "log"),
        (plant_in_session, "portal_sessions_storedsession"),
    ],
)
def test_a_canary_is_found_in_each_place(log, plant, place):
    assert found(log) == set()
    plant()
    assert found(log) == {place}


@pytest.mark.parametrize("text", [EMAIL, NAME])
@pytest.mark.parametrize("name", disguises(EMAIL))
def test_the_search_sees_through_each_disguise(text, name):
    assert holds(text, b"before " + disguises(text)[name] + b" after")
