"""The page on which a reviewer chooses the colleagues who are told of a desk note."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.refusals import Conflict
from registrations import permissions
from registrations.admin import links
from registrations.admin.forms import SeenForm, problems
from registrations.admin.pages import render_page
from registrations.admin.review.comments import field_of, place_of
from registrations.admin.review.lookup import reviewable
from registrations.admin.review.page_state import OTHER_TAB, PageState, settle, take
from registrations.forms.controls import FreeText
from registrations.models import Registration
from registrations.rules.record_fields import LABELS
from registrations.workflow import comments as verbs

_CANNOT_BE_TOLD: Final = "One of the colleagues cannot see the desk. Choose again whom to tell."


class Readers(forms.ModelMultipleChoiceField):
    """Colleagues who can read the desk, labelled by name and posted by pseudonym."""

    def label_from_instance(self, person: User) -> str:
        return person.get_full_name()


class TellForm(SeenForm):
    """A desk note about a field, or about the whole registration, and whom to tell of it.

    The text is posted under the name that its box has on the review page, so that it is kept for that box.
    Pages of the release before this one have a name of their own for it.
    """

    field = forms.ChoiceField(choices=[("", ""), *LABELS.items()], required=False, widget=forms.HiddenInput)
    desk_note = FreeText(
        label="Desk note",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write something first."},
    )
    tell = Readers(
        label="Whom to tell",
        queryset=User.objects.none(),
        to_field_name="pseudonym",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one colleague.",
            **dict.fromkeys(("invalid_choice", "invalid_pk_value", "invalid_list"), _CANNOT_BE_TOLD),
        },
    )

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers: Readers = self.fields["tell"]  # type: ignore[assignment]
        readers.queryset = permissions.desk_readers().exclude(pk=by.pk)

    def add_prefix(self, field_name: str) -> str:
        return self.box if field_name == "desk_note" and "desk_note" not in self.data else field_name

    @property
    def about(self) -> str:
        """The field that it is about; empty for the whole registration."""
        field = str(self["field"].value() or "")
        return field if field in LABELS else ""

    @property
    def label(self) -> str:
        """The label of that field; empty for the whole registration."""
        return LABELS.get(self.about, "")

    @property
    def box(self) -> str:
        """The name of the field of the review page that holds the text."""
        return f"desk_note-{place_of(self.about)}"

    @property
    def anchor(self) -> str:
        """The id of the comments on the review page."""
        return f"comments-{place_of(self.about)}"

    def save(self, registration: Registration, *, by: User) -> str:
        """Write the note; returns the message to show. Raises what the verb raises."""
        said = self.cleaned_data
        verbs.note(
            registration.uuid, by=by, text=said["desk_note"], field=said["field"], tell=list(said["tell"])
        )
        return "Your desk note is saved, and your colleagues are told."


@require_POST
def tell(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The page on which colleagues are chosen to be told of a desk note; its own post saves the note."""
    registration = reviewable(request, uuid)
    back = links.back_to_review(request, registration)
    state = take(request, registration)
    if "tell_of" in request.POST:
        place = request.POST["tell_of"]
        text = state.texts.get(f"desk_note-{place}", "")
        form = TellForm(
            request.user,
            initial={"field": field_of(place), "desk_note": text, "seen_version": state.seen_version},
        )
        return _tell_page(request, registration, form, state)
    form = TellForm(request.user, request.POST)
    if form.box in state.joined:
        both = request.POST.copy()
        both[form.box] = state.texts[form.box]
        form = TellForm(request.user, both)
        form.add_error("desk_note", OTHER_TAB)
        return _tell_page(request, registration, form, state, status=409)
    if not form.is_valid():
        return _tell_page(request, registration, form, state, status=422)
    try:
        words = form.save(registration, by=request.user)
    except Conflict as conflict:
        form.add_error("desk_note", conflict.reason)
        return _tell_page(request, registration, form, state, status=409)
    settle(request, registration, state, {form.box})
    messages.success(request, words)
    return redirect(f"{back}#{form.anchor}")


def _tell_page(
    request: SignedInRequest,
    registration: Registration,
    form: TellForm,
    state: PageState,
    *,
    status: int = 200,
) -> HttpResponse:
    keep = reverse("admin:registrations_registration_keep", args=[registration.uuid])
    context = {
        "title": "Tell colleagues",
        "form": form,
        "errors": problems(form),
        "state": state,
        "back": links.back_to_review(request, registration),
        "keep": links.carried(request, keep),
        "action": request.get_full_path(),
    }
    return render_page(request, "tell.html", context, status=status)
