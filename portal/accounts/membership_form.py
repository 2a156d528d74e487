"""The admin form for memberships, with the same restrictions as the partners' own pages."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.accounts.models import Membership, Organisation, Role


class MembershipForm(forms.ModelForm):
    """Add an existing user to an organisation, or change a member's role."""

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
        # Without this lock, two admins who are changed at the same time could both lose the role.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation)
        admins = Membership.objects.filter(organisation=organisation, role=Role.ADMIN)
        return not admins.exclude(pk=self.instance.pk).exists()
