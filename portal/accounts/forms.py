"""Forms for sign-up, password reset, organisations and people."""

from __future__ import annotations

from datetime import datetime
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

from portal.accounts import password_strength
from portal.accounts.actions import create_organisation, name_person
from portal.accounts.four_eyes import NO_MEMBER, is_asked_for
from portal.accounts.guessing import is_own_password
from portal.accounts.models import Notifications, Organisation, User
from portal.accounts.recent_sign_in import ReauthenticationNeeded, require_recent_sign_in
from portal.accounts.rules import rules
from portal.limits import RESET_EMAIL, TooManyRequests, spend
from portal.outbox.queue import enqueue
from portal.templatetags.help import pleo_in_text


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
            self.fields["password1"].help_text = password_strength.HELP


class SignInForm(PlainFields, LoginForm):
    """Sign-in form."""


class SignInLinkForm(PlainFields, forms.Form):
    """The form that asks for a link to sign in; the sign-in form posts its own address to it."""

    login = forms.EmailField(
        label="Email",
        max_length=254,
        error_messages={"required": "Enter your email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_login(self) -> str:
        address: str = self.cleaned_data["login"]
        return address.lower()


class PasswordAgainForm(PlainFields, ReauthenticateForm):
    """The form that asks a signed-in user for the password."""


class NewPasswordForm(PlainFields, ChangePasswordForm):
    """The form that changes a password."""

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data["oldpassword"]
        if not is_own_password(self.user, password):
            raise forms.ValidationError("This is not your current password.")
        return password


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


class PersonNameForm(forms.Form):
    """The form for one's own name, which colleagues and reviewers see."""

    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="Your colleagues and Pleo’s reviewers see it.",
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_full_name(self) -> str:
        name: str = self.cleaned_data["full_name"]
        if problem := rules.person_problem(name):
            raise forms.ValidationError(problem)
        return rules.normalise(name)


class NotificationsForm(forms.Form):
    """Which emails about clients somebody wants."""

    notifications = forms.ChoiceField(
        label="Which emails do you want?",
        choices=Notifications.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one."},
    )


class NewEmailForm(forms.Form):
    """The form for another email address. Whether it has an account is never said."""

    email = forms.EmailField(
        label="New email address",
        max_length=254,
        help_text="We email it a link. Until you confirm there, your present address stays.",
        error_messages={"required": "Enter the new email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"].lower()
        if address == self.owner.email:
            raise forms.ValidationError("This is your address already.")
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


SIGNED_IN_TOO_LONG_AGO = (
    "You signed in more than 15 minutes ago. Enter your password again at /accounts/reauthenticate/ first."
)
RIGHTS = ("is_active", "is_staff", "is_superuser")
"""What makes somebody a superuser on the desk, all together."""
LAST_SUPERUSER = "Nobody else who can sign in is a superuser. Make a colleague one first."


class UserForm(forms.ModelForm):
    """The admin's form: add a person, or change their name and permissions.

    ``signed_in_at`` is when the person who fills it in proved who they are.
    """

    signed_in_at: datetime | None = None

    def clean_email(self) -> str:
        """The address as it is stored, if nobody has it in whatever case."""
        address: str = self.cleaned_data["email"].lower()
        if User.objects.alias(folded=Lower("email")).filter(folded=address).exists():
            raise forms.ValidationError(f"There is already an account with the address {address}.")
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        taken = [name for name in RIGHTS if name in cleaned and not cleaned[name]]
        if taken and self.instance.pk and self.instance.is_last_superuser():
            for name in taken:
                self.add_error(name, LAST_SUPERUSER)
        if cleaned.get("is_staff") and self.instance.pk:
            # Whoever joins an organisation locks the person, too.
            User.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
            if self.instance.memberships.exists():
                self.add_error("is_staff", NO_MEMBER)
        if self.asks_for_superuser:
            self.check_superuser(cleaned)
        return cleaned

    @property
    def asks_for_superuser(self) -> bool:
        """Whether somebody gets to act as a superuser, which a second superuser has to confirm.

        Whoever has the right gets to act by it when they become active or staff again, too.
        """
        gained = [name for name in RIGHTS if self.cleaned_data.get(name) and not self.initial.get(name)]
        return bool(self.cleaned_data.get("is_superuser") and gained)

    def check_superuser(self, cleaned: dict[str, Any]) -> None:
        """Find beforehand what the verb would refuse, so that everything typed stays."""
        if not (cleaned.get("is_staff") and cleaned.get("is_active")):
            self.add_error("is_superuser", "Superuser rights are for active staff.")
        if self.instance.pk and is_asked_for(self.instance):
            self.add_error("is_superuser", "This waits for a second superuser already.")
        try:
            require_recent_sign_in(self.signed_in_at)
        except ReauthenticationNeeded:
            self.add_error("is_superuser", SIGNED_IN_TOO_LONG_AGO)
