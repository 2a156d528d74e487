"""The people of the tests, made as plain rows, and a sign-in that skips the form."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from portal.accounts.models import Membership, Organisation, Role, User
from portal.sessions.visitors import Visitor

PASSWORD = "violet-harbour-62"


def person(email, **fields):
    """A user with PASSWORD and a confirmed address, without any membership."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def organisation(name="Client Ltd"):
    return Organisation.objects.create(name=name)


def member(of, email, role=Role.DEVELOPER):
    user = person(email)
    Membership.objects.create(user=user, organisation=of, role=role)
    return user


def also_in(user, organisation, role=Role.DEVELOPER):
    """A second membership, as an earlier release allowed it."""
    return Membership.objects.create(user=user, organisation=organisation, role=role, is_exclusive=None)


def partner(email="partner@client.example", name="Client Ltd"):
    """The admin of an organisation of their own."""
    return member(organisation(name), email, Role.ADMIN)


def colleague(of, email="colleague@client.example", role=Role.DEVELOPER):
    """A member of an existing organisation, a developer by default."""
    return member(of, email, role)


def viewer(of, email="viewer@client.example"):
    return member(of, email, Role.VIEWER)


def stranger(email="stranger@other.example"):
    """The admin of another organisation."""
    return partner(email, "Other Inc")


def staff(email, *groups):
    """A member of staff with the rights of the groups and no others."""
    user = person(email, is_staff=True)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def reviewer(email="reviewer@portal.example"):
    return staff(email, "Reviewers")


def auditor(email="auditor@portal.example"):
    return staff(email, "Auditors")


def head(email="head@portal.example"):
    """A lead by the group alone, without being a superuser."""
    return staff(email, "Leads")


def lead(email="lead@portal.example"):
    user = person(email, is_staff=True, is_superuser=True)
    user.groups.add(*Group.objects.filter(name__in=["Reviewers", "PKCE approvers"]))
    return user


def home(user):
    """The one organisation that the user belongs to."""
    return user.organisations.get()


def sign_in(client, user, minutes_ago=0, *, second_factor=True):
    """Sign in as the forms do, staff with a second factor, ``minutes_ago``; returns the client."""
    client.force_login(user)
    session = client.session
    at = time.time() - minutes_ago * 60
    records = [{"method": "password", "at": at, "email": user.email}]
    if user.is_staff and second_factor:
        records.append({"method": "mfa", "at": at, "type": "totp"})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.visitor = lambda: Visitor("Firefox on Linux", "127.0.0.1")  # or the first page would store it
    session.save()
    return client
