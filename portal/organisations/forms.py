"""Forms of the pages about organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction

from portal.accounts.actions import name_person
from portal.accounts.invitations import accept
from portal.accounts.models import Membership, Role, User
from portal.accounts.rules import rules

ROLES = [
    (Role.VIEWER, "Viewer: can look at registrations"),
    (Role.DEVELOPER, "Developer: can also edit registrations and manage credentials"),
    (Role.ADMIN, "Admin: can also invite and remove members and change their roles"),
]
"""The roles with what each of them may do."""


class RoleField(forms.ChoiceField):
    """A choice of role, of which none is made in advance."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"required": "Choose a role."})
        super().__init__(choices=ROLES, label="Role", widget=forms.RadioSelect, **options)


class RoleForm(forms.Form):
    """The role that a member gets."""

    role = RoleField()


class InvitationForm(forms.Form):
    """Whom an admin invites, and with which role."""

    address = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="Only the account with this address can accept.",
        error_messages={"required": "Enter the email address of your colleague."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = RoleField()


class AcceptanceForm(forms.Form):
    """What an invited person adds: their name, unless it is known. The role stands in the invitation."""

    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="Your colleagues and Pleo’s reviewers see it.",
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, invited: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited = invited
        if invited.full_name:
            del self.fields["full_name"]

    def clean_full_name(self) -> str:
        name: str = self.cleaned_data["full_name"]
        if problem := rules.person_problem(name):
            raise forms.ValidationError(problem)
        return rules.normalise(name)

    @transaction.atomic
    def accept(self, token: str) -> Membership:
        """Name the person and accept the invitation."""
        if name := self.cleaned_data.get("full_name"):
            name_person(name, by=self.invited)
        return accept(token, by=self.invited)
