"""The guards of the tests themselves."""

import socket

import pytest
from django.contrib.auth.models import Group
from django.template import Context, Engine
from pytest_socket import SocketConnectBlockedError


def test_a_variable_that_our_template_shows_and_nobody_defined_is_an_error():
    with pytest.raises(AssertionError, match=r"refused\.html shows refusal\.heading"):
        Engine.get_default().get_template("refused.html").render(Context({}))


def test_a_library_may_leave_its_variables_undefined():
    text = Engine.get_default().from_string("[{{ nobody }}]").render(Context({}))
    assert text == "[]"


def test_nobody_outside_is_spoken_to():
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_migrated_rows_are_there_after_tables_were_emptied(time):
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Auditors",
        "Reviewers",
        "PKCE approvers",
        "Leads",
    }
    Group.objects.all().delete()
