"""Forms for sign-up, password reset, organisations and memberships."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse

from portal.accounts.actions import create_organisation, name_person
from portal.accounts.models import Membership, Organisation, Role, User
from portal.accounts.rules import rules
from portal.limits import RESET_EMAIL, TooManyRequests, spend
from portal.outbox.queue import enqueue
from portal.templatetags.help import pleo_in_text

LINE_OF_RULES = "At least 12 characters. A common password, digits alone and your email address are refused."
"""What ``AUTH_PASSWORD_VALIDATORS`` ask, in one line."""


class PlainFields:
    """A mixin for allauth's forms.

    No placeholder repeats a label, a label has one capital letter, and the rules of passwords are one line.
    """

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.label = str(field.label).capitalize()
        if "password1" in self.fields:
            self.fields["password1"].help_text = LINE_OF_RULES


class SignInForm(PlainFields, LoginForm):
    """Sign-in form."""


class PasswordAgainForm(PlainFields, ReauthenticateForm):
    """The form that asks a signed-in user for the password."""


class NewPasswordForm(PlainFields, ChangePasswordForm):
    """The form that changes a password."""


class FirstPasswordForm(PlainFields, ResetPasswordKeyForm):
    """The form that an email with a link leads to."""


class SignUpForm(PlainFields, SignupForm):
    """Sign-up form that takes as long for a known address as for a new one, to keep accounts secret."""

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        outcome: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return outcome


class ResetForm(PlainFields, ResetPasswordForm):
    """Password reset form that queues an email for any address, whether or not it has an account.

    Asking again soon gets the same answer but no second email, because the first is already on its way.
    With an error instead, a stranger who asks first could keep the owner from asking.
    """

    users: list[User]

    def clean_email(self) -> str:
        """Look the address up with one query, whether or not there is an account."""
        address: str = self.cleaned_data["email"].lower()
        self.users = list(User.objects.filter(email=address, is_active=True))
        return address

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address: str = self.cleaned_data["email"]
        try:
            spend(RESET_EMAIL, address)
        except TooManyRequests:
            return address
        if self.users:
            enqueue("account_password_reset", user=self.users[0].pk)
        else:
            enqueue("account_unknown", address=address)
        return address


class OrganisationForm(forms.ModelForm):
    """The form for an organisation's name, which reviewers see."""

    name = forms.CharField(
        strip=False,
        label="Name of your organisation",
        help_text="The registered name, at most 80 characters. Pleo sees it during the review, and asks you "
        "if it looks like the name of another organisation.",
        error_messages={"required": "Enter the name of your organisation."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    class Meta:
        model = Organisation
        fields = ("name",)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        try:
            return _checked_name(name)
        except forms.ValidationError as rejected:
            if rules.name_problem(name, accepts_brand=True):
                raise
            ask = f"If your registered name has it, ask {pleo_in_text()} to add your organisation."
            raise forms.ValidationError(f"{rejected.message} {ask}") from None


class FoundingForm(OrganisationForm):
    """A founder's form: their own name, unless it is known, and the name of their organisation."""

    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="Your colleagues and Pleo’s reviewers see it.",
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("full_name", "name")

    def __init__(self, *args: Any, founder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.founder = founder
        if founder.full_name:
            del self.fields["full_name"]

    def clean_full_name(self) -> str:
        name: str = self.cleaned_data["full_name"]
        if problem := rules.person_problem(name):
            raise forms.ValidationError(problem)
        return rules.normalise(name)

    def name_founder(self) -> None:
        """Keep the founder's name, if a valid one was typed, whatever else is wrong with the form."""
        if name := self.cleaned_data.get("full_name"):
            name_person(name, by=self.founder)

    @transaction.atomic
    def found(self) -> Organisation:
        """Name the founder and create the organisation."""
        self.name_founder()
        return create_organisation(self.cleaned_data["name"], by=self.founder)


class NamedByStaffForm(OrganisationForm):
    """The admin's form: add or rename an organisation, also to a name with Pleo in it."""

    class Meta:
        model = Organisation
        fields = ("name", "brand_accepted_because")
        labels = {"brand_accepted_because": "Why a name with Pleo in it is accepted"}
        help_texts = {"brand_accepted_because": "Only where the name has it. The reason stays on record."}

    def clean_name(self) -> str:
        """The name as typed; whether it is accepted depends on the reason as well."""
        name: str = self.cleaned_data["name"]
        return name

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("name")
        reason = rules.written(self.cleaned_data.get("brand_accepted_because", ""))
        try:
            if name is not None:
                self.cleaned_data["name"] = _checked_name(name, accepts_brand=bool(reason))
        except forms.ValidationError as rejected:
            self.add_error("name", rejected)
        if problem := rules.text_problem(reason):
            self.add_error("brand_accepted_because", problem)
        elif reason and name is not None and not rules.name_problem(name):
            self.add_error("brand_accepted_because", "The rules accept this name. Remove the reason.")
        return {**self.cleaned_data, "brand_accepted_because": reason}


def _checked_name(name: str, *, accepts_brand: bool = False) -> str:
    """The name as it is stored. Raises ValidationError where a rule rejects it."""
    if problem := rules.name_problem(name, accepts_brand=accepts_brand):
        raise forms.ValidationError(problem)
    return rules.normalise(name)


LAST_SUPERUSER = "Nobody else who can sign in is a superuser. Make a colleague one first."


class UserForm(forms.ModelForm):
    """The admin's form: add a person, or change their name and permissions."""

    def clean_email(self) -> str:
        """The address as it is stored, if nobody has it in whatever case."""
        address: str = self.cleaned_data["email"].lower()
        if User.objects.alias(folded=Lower("email")).filter(folded=address).exists():
            raise forms.ValidationError(f"There is already an account with the address {address}.")
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        rights = ("is_active", "is_staff", "is_superuser")
        taken = [name for name in rights if name in cleaned and not cleaned[name]]
        if taken and self.instance.pk and self.instance.is_last_superuser():
            for name in taken:
                self.add_error(name, LAST_SUPERUSER)
        return cleaned


class MembershipForm(forms.ModelForm):
    """The admin's form: add an existing user to an organisation, or change a member's role.

    It has the same restrictions as the partners' own pages.
    """

    def clean_user(self) -> Any:
        user = self.cleaned_data["user"]
        if user.is_staff:
            raise forms.ValidationError("Staff cannot belong to a partner’s organisation.", "staff")
        return user

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk and role != Role.ADMIN:
            # Without this lock, two admins who are changed at the same time could both lose the role.
            Organisation.objects.select_for_update(of=("self",)).get(pk=self.instance.organisation_id)
            if Membership.objects.get(pk=self.instance.pk).is_last_admin():
                raise forms.ValidationError("An organisation needs at least one admin.", "last_admin")
        return role
