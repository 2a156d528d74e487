"""Off unless it is configured: then not one socket is opened between submit and review.

An audit hook of the interpreter sees every socket, whoever opens it. It cannot be taken away
again, so it listens only while a test says so, and lets nobody out meanwhile.
"""

import socket
import sys
from contextlib import contextmanager

import pytest
from django.core.management import call_command

from registrations.models import Preflight
from tests.support.registrations import submitted

WATCHED = {"socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
listeners = []


def hook(event, arguments):
    if listeners and event in WATCHED:
        listeners[-1].append((event, arguments))
        raise socket.gaierror(socket.EAI_NONAME, "Nobody leaves this machine in a test")


sys.addaudithook(hook)


@contextmanager
def listening():
    heard = []
    listeners.append(heard)
    try:
        yield heard
    finally:
        listeners.remove(heard)


@pytest.mark.django_db
def test_a_round_opens_sockets_only_where_checks_are_switched_on(partner, settings):
    assert settings.PORTAL_PREFLIGHT is False
    with listening() as heard:
        submitted(partner)
        call_command("worker", once=True)
    assert heard == []
    settings.PORTAL_PREFLIGHT = True
    with listening() as heard:
        submitted(partner)
        call_command("worker", once=True)
    assert [(event, arguments[0]) for event, arguments in heard] == [
        ("socket.getaddrinfo", "client.example.")
    ] * 4
    assert set(Preflight.objects.values_list("verdict", flat=True)) == {"silent"}
