"""The desk's form for who belongs to an organisation, kept to what the verbs of the partners allow."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.accounts.models import Membership, Organisation, Role


class MembershipForm(forms.ModelForm):
    """Takes in a person who has an account, or gives a member another role."""

    def clean_user(self) -> Any:
        user = self.cleaned_data["user"]
        if user.is_staff:
            raise forms.ValidationError("Staff judge partners and belong to none.", "staff")
        return user

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk and role != Role.ADMIN and self._is_last_admin():
            raise forms.ValidationError("An organisation needs at least one admin.", "last_admin")
        return role

    def _is_last_admin(self) -> bool:
        organisation = self.instance.organisation_id
        # Two admins who are changed at once must queue here, as they do where members are removed.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation)
        admins = Membership.objects.filter(organisation=organisation, role=Role.ADMIN)
        return not admins.exclude(pk=self.instance.pk).exists()
