"""A change of the keys that seal stored values: nothing is lost, nothing comes back, nobody sees a key."""

import json
import logging
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, MultiFernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, models, transaction
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone

from portal.audit.models import Event
from portal.kept_forms import keeping, notes
from portal.kept_forms.models import KeptForm
from portal.sealing import id_of_key, key_id, sealed_columns
from portal.sealing_keys import canaries
from portal.sealing_keys.models import SealingCanary
from portal.sealing_keys.stored_values import batches, seal_again
from registrations.models import ClientSecret
from registrations.workflow import secrets
from tests.support import people
from tests.support.databases import database_url
from tests.support.invariants import check_invariants
from tests.support.pages import words
from tests.support.people import sign_in
from tests.support.races import at_once
from tests.support.registrations import approved, reveal, revealed
from tests.support.scale import FULL
from tests.support.second_factor import app_of

ROOT = Path(__file__).resolve().parents[2]
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
UNOPENED = 3
"""The exit code where a row is left that no key opens."""


@pytest.fixture(autouse=True)
def old_key(db, settings):
    """An installation that has worked with one key."""
    settings.PORTAL_FERNET_KEYS = [OLD]
    SealingCanary.objects.all().delete()
    canaries.keep()


def change(settings, *keys):
    settings.PORTAL_FERNET_KEYS = list(keys)


def keep_form(user, address="/registrations/new/"):
    form = {notes.FIELD: notes.note_for(user), "client_name": "Typed before"}
    return keeping.keep(RequestFactory().post(address, form), address)


def opened(kept):
    """What its owner reads again."""
    request = RequestFactory().get(kept.address, {keeping.NAMED: str(kept.uuid)})
    request.user = kept.owner
    found = keeping.opened(request)
    return found and found.values


def rotate(**options):
    """What the command writes, and the exit code with which its process would end."""
    out = StringIO()
    try:
        call_command("rotate_sealing_keys", stdout=out, stderr=out, **options)
    except CommandError as refusal:
        return f"{out.getvalue()}{refusal}", refusal.returncode
    return out.getvalue(), 0


def readiness():
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()["failed"]


READY, WRONG_KEYS = (200, []), (503, ["sealing_key"])


# --- Sealing again -----------------------------------------------------------------------------


def test_every_stored_value_opens_with_the_newest_key_alone_afterwards(partner, reviewer, settings):
    registration, kept = approved(partner, reviewer), keep_form(partner)
    change(settings, NEW, OLD)
    said, code = rotate()
    assert (code, "Sealed again: 2." in said) == (0, True)
    change(settings, NEW)
    assert opened(KeptForm.objects.get(pk=kept.pk)) == QueryDict("client_name=Typed+before")
    assert len(reveal(registration, partner)) == 64
    assert readiness() == READY


def test_a_run_is_in_the_audit_log_with_counts_and_without_keys(partner, reviewer, settings):
    approved(partner, reviewer)
    change(settings, NEW, OLD)
    said, _ = rotate()
    started, ended = Event.objects.filter(verb__startswith="sealing_keys.").order_by("pk")
    assert (started.verb, started.actor) == ("sealing_keys.rotation_started", "system")
    assert ended.detail == {"resealed": 1, "left": 0, "unopened": 0}
    assert ended.moved == [f"sealing_key:{key_id(NEW)}"]
    written = said + str(list(Event.objects.values_list("moved", "detail")))
    assert not any(key.rstrip("=") in written for key in (OLD, NEW))


def test_it_refuses_while_nothing_is_new(partner, reviewer, settings):
    approved(partner, reviewer)
    before = ClientSecret.objects.get().sealed_secret
    events = Event.objects.count()
    said, code = rotate()
    assert code == 1
    assert "Nothing to do" in said
    assert ClientSecret.objects.get().sealed_secret == before
    change(settings, NEW, OLD)
    rotate()
    assert rotate()[1] == 1
    assert Event.objects.count() == events + 2


def test_a_new_key_is_taken_into_use_though_nothing_is_stored(settings):
    change(settings, NEW, OLD)
    assert rotate()[1] == 0
    assert list(SealingCanary.objects.values_list("key_id", flat=True)) == [key_id(NEW)]


def test_a_row_that_no_key_opens_is_named_and_left_and_the_others_go_on(partner, reviewer, settings):
    lost = approved(partner, reviewer).secrets.get()
    ClientSecret.objects.filter(pk=lost.pk).update(sealed_secret=Fernet(OTHER).encrypt(b"{}").decode())
    before, kept = ClientSecret.objects.get(pk=lost.pk).sealed_secret, keep_form(partner)
    change(settings, NEW, OLD)
    said, code = rotate()
    assert code == UNOPENED
    assert f"registrations_clientsecret {lost.uuid}" in said
    assert ClientSecret.objects.get(pk=lost.pk).sealed_secret == before
    assert id_of_key(KeptForm.objects.get(pk=kept.pk).sealed) == key_id(NEW)
    said, code = rotate()
    assert (code, str(lost.uuid) in said) == (UNOPENED, True)


def test_a_secret_that_is_revealed_meanwhile_does_not_come_back(partner, reviewer, settings):
    registration = approved(partner, reviewer)
    change(settings, NEW, OLD)
    ((column, batch),) = list(batches())
    reveal(registration, partner)
    assert seal_again(column, batch) == 0
    secret = registration.secrets.get()
    assert (secret.status, secret.sealed_secret) == ("active", None)


def test_a_form_that_is_kept_anew_meanwhile_is_not_overwritten(partner, settings):
    kept = keep_form(partner)
    change(settings, NEW, OLD)
    ((column, batch),) = list(batches())
    keep_form(partner)
    newer = KeptForm.objects.get(pk=kept.pk).sealed
    assert seal_again(column, batch) == 0
    assert KeptForm.objects.get(pk=kept.pk).sealed == newer


@contextmanager
def being_changed(kept):
    """Somebody else holds the row of the kept form while the block runs."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            KeptForm.objects.select_for_update().get(pk=kept.pk)
            held.set()
            done.wait(timeout=60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(timeout=60)
    try:
        yield
    finally:
        done.set()
        holder.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_being_changed_is_left_and_said_to_be(partner, settings):
    busy, free = keep_form(partner, "/registrations/new/"), keep_form(partner, "/elsewhere/")
    change(settings, NEW, OLD)
    with being_changed(busy):
        said, code = rotate()
    assert (code, "Run it again" in said) == (1, True)
    assert id_of_key(KeptForm.objects.get(pk=free.pk).sealed) == key_id(NEW)
    assert readiness() == READY
    assert rotate()[1] == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_left_is_said_before_one_that_no_key_opens(partner, settings):
    """The exit code for the second says that all others are done, which is not so yet."""
    busy, lost = keep_form(partner, "/registrations/new/"), keep_form(partner, "/elsewhere/")
    KeptForm.objects.filter(pk=lost.pk).update(sealed=Fernet(OTHER).encrypt(b"{}").decode())
    change(settings, NEW, OLD)
    with being_changed(busy):
        said, code = rotate()
    assert (code, "1. Run it again." in said) == (1, True)
    said, code = rotate()
    assert (code, "Sealed again: 1." in said, str(lost.uuid) in said) == (UNOPENED, True, True)


def test_a_log_gets_lines_and_a_terminal_one_line_that_is_written_over(partner, settings):
    keep_form(partner)
    change(settings, NEW, OLD)
    said, _ = rotate()
    assert "Looked at 1 of 1 values (100 %)\n" in said
    assert "\r" not in said
    terminal = StringIO()
    terminal.isatty = lambda: True
    change(settings, OTHER, NEW)
    call_command("rotate_sealing_keys", stdout=terminal)
    assert "\rLooked at 1 of 1 values (100 %)\n" in terminal.getvalue()


# --- What is stored sealed ---------------------------------------------------------------------


TOKEN = "gAAAAA"
"""How every sealed value begins: the version of the format, and zeros of the time."""


def sealed_in_the_database():
    """Every column of all tables that holds a sealed value now."""
    kinds = models.CharField | models.TextField | models.JSONField
    columns = [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
    ]
    return {
        (model._meta.label, field.name)
        for model, field in columns
        if any(TOKEN in str(value) for value in model._base_manager.values_list(field.name, flat=True))
    }


def test_what_holds_sealed_values_is_declared_and_nothing_else_does(partner, reviewer):
    """Whoever seals something new adds a row of it here."""
    approved(partner, reviewer)
    keep_form(partner)
    app_of(partner)
    declared = {(column.model, column.field) for column in sealed_columns.values()}
    assert sealed_in_the_database() == declared | {("sealing_keys.SealingCanary", "sealed")}


# --- What operators see ------------------------------------------------------------------------


def test_the_status_counts_values_by_key_and_changes_nothing(partner, reviewer, settings):
    keep_form(partner)
    change(settings, NEW, OLD)
    approved(partner, reviewer)
    said, code = rotate(status=True)
    assert code == 0
    assert said == f"Key {key_id(NEW)} (newest): 1\nKey {key_id(OLD)}: 1\n"
    change(settings, NEW)
    said, code = rotate(status=True)
    assert code == UNOPENED
    assert f"Key {key_id(OLD)} (missing)" in said
    assert f"No key opens kept_forms_keptform {KeptForm.objects.get().uuid}" in said


# --- Ready or not ------------------------------------------------------------------------------


def test_wrong_keys_are_not_ready_and_right_ones_are(settings):
    assert readiness() == READY
    change(settings, OTHER)
    assert readiness() == WRONG_KEYS
    change(settings, OTHER, OLD)
    assert readiness() == READY


def test_one_row_that_no_key_opens_takes_nobody_out_of_service(partner, reviewer, settings, caplog):
    whole, torn = approved(partner, reviewer), approved(partner, reviewer)
    secret = torn.secrets.get()
    ClientSecret.objects.filter(pk=secret.pk).update(sealed_secret=Fernet(OTHER).encrypt(b"{}").decode())
    client = sign_in(Client(), partner)
    with caplog.at_level(logging.ERROR, logger="portal.sealing"):
        answer = client.post(f"/registrations/{torn.uuid}/secrets/{secret.uuid}/reveal/")
    assert answer.status_code == 503
    (alert,) = [record.msg for record in caplog.records if record.name == "portal.sealing"]
    assert alert["event"] == "sealed_value_not_opened"
    assert alert["row"] == str(secret.uuid)
    assert readiness() == READY
    other = whole.secrets.get()
    assert client.post(f"/registrations/{whole.uuid}/secrets/{other.uuid}/reveal/").status_code == 200


def test_a_kept_form_that_no_key_opens_is_an_alert_too(partner, settings, caplog):
    kept = keep_form(partner)
    change(settings, OTHER)
    with caplog.at_level(logging.ERROR, logger="portal.sealing"):
        assert opened(kept) is None
    assert str(kept.uuid) in json.dumps([str(record.msg) for record in caplog.records])


def test_a_new_key_in_front_of_a_known_one_gets_a_canary_at_the_start(settings):
    change(settings, NEW, OLD)
    canaries.keep()
    change(settings, NEW)
    assert readiness() == READY
    change(settings, OLD)
    assert readiness() == READY  # of a process that was not replaced yet


def test_wrong_keys_make_no_canary_that_would_vouch_for_them(settings, caplog):
    change(settings, OTHER)
    canaries.keep()
    assert readiness() == WRONG_KEYS
    assert "sealing_keys_open_nothing" in caplog.text


def test_without_a_canary_the_stored_values_vouch(partner, settings):
    """The upgrade from a release that made none."""
    keep_form(partner)
    SealingCanary.objects.all().delete()
    change(settings, OTHER)
    canaries.keep()
    assert not SealingCanary.objects.exists()
    change(settings, NEW, OLD)
    canaries.keep()
    assert set(SealingCanary.objects.values_list("key_id", flat=True)) == {key_id(NEW), key_id(OLD)}


@pytest.mark.django_db(transaction=True)
def test_several_processes_that_start_at_once_make_one_canary(settings):
    SealingCanary.objects.all().delete()
    assert at_once(*[canaries.keep] * 8) == [None] * 8
    assert SealingCanary.objects.count() == 1


def test_rotating_with_wrong_keys_is_refused_until_the_others_are_given_up(partner, reviewer, settings):
    secret = approved(partner, reviewer).secrets.get()
    change(settings, NEW)
    said, code = rotate()
    assert code == 1
    assert key_id(OLD) in said
    assert readiness() == WRONG_KEYS
    said, code = rotate(other_keys_are_lost=True)
    assert (code, str(secret.uuid) in said) == (UNOPENED, True)
    assert readiness() == READY
    assert list(SealingCanary.objects.values_list("key_id", flat=True)) == [key_id(NEW)]


def test_a_migrated_database_has_a_canary(settings):
    SealingCanary.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert list(SealingCanary.objects.values_list("key_id", flat=True)) == [key_id(OLD)]


# --- Secrets whose key has leaked or is lost -----------------------------------------------------


def void_secrets():
    """What the command writes, and the exit code with which its process would end."""
    out = StringIO()
    try:
        call_command("void_secrets", stdout=out)
    except CommandError as refusal:
        return f"{out.getvalue()}{refusal}", refusal.returncode
    return out.getvalue(), 0


def test_void_secrets_destroys_what_waits_and_says_that_a_key_was_the_reason(partner, reviewer):
    waiting, in_use = approved(partner, reviewer), revealed(partner, reviewer)[0]
    assert void_secrets() == ("Secrets destroyed: 1.\n", 0)
    secret = waiting.secrets.get()
    assert (secret.status, secret.sealed_secret) == ("lapsed", None)
    assert in_use.secrets.get().status == "active"
    (event,) = Event.objects.filter(stream=waiting.uuid, verb__contains="void")
    assert (event.verb, event.actor) == ("secret.voided_for_key", "system")
    assert not secrets.lapse_due()
    page = words(sign_in(Client(), partner).get(f"/registrations/{waiting.uuid}/"))
    assert "Pleo gave up the key that encrypted the client secret." in page
    assert "Nobody revealed" not in page
    check_invariants()


def test_where_a_new_secret_was_waited_for_the_old_one_goes_on(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    void_secrets()
    assert sorted(registration.secrets.values_list("status", flat=True)) == ["active", "lapsed"]
    check_invariants()


def test_void_secrets_says_which_rows_it_could_not_change(partner, reviewer):
    whole, broken = approved(partner, reviewer), approved(partner, reviewer)

    def fails_for_one(execute, sql, params, many, context):
        if "secret.voided_for_key" in str(params) and broken.uuid.hex in str(params).replace("-", ""):
            raise OperationalError("it is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fails_for_one):
        said, code = void_secrets()
    assert (code, "Secrets destroyed: 1." in said, "1. Run it again." in said) == (1, True, True)
    assert (whole.secrets.get().status, broken.secrets.get().status) == ("lapsed", "sealed")
    assert void_secrets() == ("Secrets destroyed: 1.\n", 0)
    assert void_secrets() == ("Secrets destroyed: 0.\n", 0)
    check_invariants()


# --- Killed ------------------------------------------------------------------------------------


class Runs:
    """The command in children of another process, each of which dies at a statement."""

    command = ("rotate_sealing_keys", "--batch=2")

    def __init__(self):
        env = os.environ | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PORTAL_FERNET_KEYS": f"{NEW},{OLD}",
        }
        command = [sys.executable, "-m", "tests.support.mortal_command", *self.command]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.parent = subprocess.Popen(command, cwd=ROOT, env=env, **pipes)

    def run(self, dies_at):
        """Whether it was killed, and else its statements."""
        self.parent.stdin.write(f"{dies_at}\n")
        self.parent.stdin.flush()
        status, statements = map(int, self.parent.stdout.readline().split())
        return os.WIFSIGNALED(status), statements

    def end(self):
        self.parent.stdin.close()
        self.parent.wait(60)
        self.parent.stdout.close()


def begin_anew(stored):
    """Everything as the old key sealed it, in a database that knows that key alone."""
    SealingCanary.objects.all().delete()
    canaries.make({key_id(OLD)})
    for model, field, rows in stored:
        for pk, sealed in rows:
            model.objects.filter(pk=pk).update(**{field: sealed})


def in_clear():
    """What each value holds, whichever key opens it."""
    values = [*ClientSecret.objects.values_list("verifier", "sealed_secret")]
    values += KeptForm.objects.values_list("uuid", "sealed")
    keys = MultiFernet([Fernet(NEW), Fernet(OLD)])
    return {name: keys.decrypt(sealed) for name, sealed in values}


def moments(statements):
    """Each statement in the full run; else every tenth, and the last ones."""
    last = statements + 1
    return range(1, last) if FULL else sorted({*range(1, last, 10), *range(last - 4, last)})


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_it_loses_nothing_and_the_next_run_ends_it(settings):
    """Three batches of one table, and one of the other."""
    partner = people.partner()
    approved(partner, people.reviewer())
    for n in range(5):
        keep_form(partner, f"/{n}/")
    stored = [
        (ClientSecret, "sealed_secret", list(ClientSecret.objects.values_list("pk", "sealed_secret"))),
        (KeptForm, "sealed", list(KeptForm.objects.values_list("pk", "sealed"))),
    ]
    change(settings, NEW, OLD)
    before, runs = in_clear(), Runs()
    try:
        killed, statements = runs.run(0)
        assert (killed, in_clear()) == (False, before)
        for moment in moments(statements):
            begin_anew(stored)
            assert runs.run(moment) == (True, 0)
            assert in_clear() == before
            said, code = rotate()
            while "Run it again" in said:  # the database has not noticed the death yet
                said, code = rotate()
            assert code == 0
            assert in_clear() == before
            values = [
                *KeptForm.objects.values_list("sealed", flat=True),
                ClientSecret.objects.get().sealed_secret,
            ]
            assert {id_of_key(sealed) for sealed in values} == {key_id(NEW)}
            assert list(SealingCanary.objects.values_list("key_id", flat=True)) == [key_id(NEW)]
    finally:
        runs.end()
