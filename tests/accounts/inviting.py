"""Invitations, sent by an admin who has just signed in, and their links."""

from django.utils import timezone

from portal.accounts import invitations
from portal.accounts.models import Role
from tests.support.people import home

NEW = "new@client.example"


def invite(admin, address=NEW, role=Role.DEVELOPER):
    given = {"by": admin, "signed_in_at": timezone.now()}
    return invitations.invite(home(admin).uuid, address, role, **given)


def token(invitation):
    return invitations.token_of(invitation)


def link(invitation):
    return f"/invitations/{token(invitation)}/"
