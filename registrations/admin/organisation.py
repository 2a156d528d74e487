"""The desk's page about an organisation: its clients, what was decided about them, and internal notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import Organisation, User
from portal.kept_forms.showing import kept_values
from portal.paging import row_named
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.admin.forms import problems
from registrations.admin.pages import desk_only, render_page
from registrations.admin.wording import PKCE_WORDS, decided_words
from registrations.domain.lifecycle import PkceStatus
from registrations.forms.controls import FreeText
from registrations.models import OrganisationNote, PkceException, Registration, Revision
from registrations.queries.organisation_history import (
    MOST_COVERED,
    MOST_PEOPLE,
    MOST_SHOWN,
    ClientRow,
    OrganisationHistory,
)
from registrations.queries.usage import usage_of
from registrations.workflow import desk, organisation_notes

CLIENTS: Final = 25
NOTES: Final = 10


class NoteForm(forms.Form):
    """Write an internal note about the organisation."""

    note = FreeText(
        label="New internal note",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": desk.NO_TEXT},
    )


class ListedClient(NamedTuple):
    """A client, how it was decided last, and whether it works but was not used for long."""

    row: ClientRow
    words: str
    is_unused: bool


class Decision(NamedTuple):
    """A revision that a reviewer decided, and how, in words."""

    revision: Revision
    words: str


class ListedException(NamedTuple):
    """A PKCE exception and its status in words; ``runs`` is whether it is in force today."""

    exception: PkceException
    words: str
    runs: bool


@dataclass(frozen=True)
class OrganisationPage:
    """The page of one organisation, for one member of staff.

    ``after`` and ``notes_after`` are the last client and the last note of the previous page. It takes 27
    statements at most, however many clients, people and notes there are.
    """

    organisation: Organisation
    user: User
    form: NoteForm
    after: Registration | None = None
    notes_after: OrganisationNote | None = None

    @cached_property
    def history(self) -> OrganisationHistory:
        return OrganisationHistory(self.organisation)

    @cached_property
    def _clients(self) -> list[ClientRow]:
        return self.history.clients(CLIENTS + 1, after=self.after)

    @cached_property
    def clients(self) -> list[ListedClient]:
        """The clients of this page."""
        rows = self._clients[:CLIENTS]
        usage = usage_of([row.registration for row in rows])
        return [
            ListedClient(
                row,
                decided_words(row.last_decision) if row.last_decision else "",
                is_unused=row.registration.pk in usage and usage[row.registration.pk].is_unused,
            )
            for row in rows
        ]

    @property
    def older_clients(self) -> str:
        """The URL of the next page of clients, empty on the last."""
        last = self._clients[CLIENTS - 1].registration if len(self._clients) > CLIENTS else None
        return f"?after={last.uuid}#clients" if last else ""

    @property
    def decisions(self) -> Sequence[Decision]:
        return [Decision(row, decided_words(row)) for row in self.history.decisions]

    @property
    def exceptions(self) -> Sequence[ListedException]:
        today, rows = timezone.now().date(), []
        for row in self.history.exceptions:
            runs = row.runs_on(today)
            has_lapsed = row.status == PkceStatus.IN_FORCE and not runs  # which is not recorded yet
            words = PKCE_WORDS[PkceStatus.LAPSED if has_lapsed else row.status]
            rows.append(ListedException(row, words, runs))
        return rows

    @cached_property
    def may_read_notes(self) -> bool:
        return permissions.can_read_notes(self.user, self.organisation)

    @property
    def may_write(self) -> bool:
        """Whether this person may write a note, too."""
        return self.may_read_notes and permissions.may_review(self.user)

    @cached_property
    def _notes(self) -> list[OrganisationNote]:
        return self.history.notes(NOTES + 1, after=self.notes_after) if self.may_read_notes else []

    @property
    def notes(self) -> list[OrganisationNote]:
        return self._notes[:NOTES]

    @property
    def older_notes(self) -> str:
        """The URL of the next page of notes, empty on the last."""
        return f"?notes_after={self._notes[NOTES - 1].uuid}#notes" if len(self._notes) > NOTES else ""

    def show(self, request: SignedInRequest, *, status: int = 200) -> HttpResponse:
        context = {
            "title": self.organisation.name,
            "page": self,
            "errors": problems(self.form),
            "most_covered": MOST_COVERED,
            "most_people": MOST_PEOPLE,
            "most_shown": MOST_SHOWN,
        }
        return render_page(request, "organisation.html", context, status=status)


@require_safe
@desk_only
def organisation_page(request: SignedInRequest, organisation_uuid: UUID) -> HttpResponse:
    """Show the organisation, with the form to write an internal note."""
    organisation = get_object_or_404(Organisation, uuid=organisation_uuid)
    own_clients = Registration.objects.submitted().filter(organisation=organisation)
    own_notes = OrganisationNote.objects.filter(organisation=organisation)
    page = OrganisationPage(
        organisation,
        request.user,
        NoteForm(kept_values(request)),
        after=row_named(own_clients, request.GET.get("after", "")),
        notes_after=row_named(own_notes, request.GET.get("notes_after", "")),
    )
    return page.show(request)


@require_POST
@desk_only
def write_note(request: SignedInRequest, organisation_uuid: UUID) -> HttpResponse:
    """Write an internal note about the organisation."""
    organisation = get_object_or_404(Organisation, uuid=organisation_uuid)
    url = reverse("admin:registrations_registration_organisation", args=[organisation_uuid])
    if not permissions.can_note(request.user, organisation):
        reason = "Only reviewers who do not belong to the organisation can write notes about it."
        raise NotAllowed(reason, way_out=(url, "Back to the organisation"))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return OrganisationPage(organisation, request.user, form).show(request, status=422)
    organisation_notes.write(organisation_uuid, by=request.user, text=form.cleaned_data["note"])
    messages.success(request, "Your note is saved. Only the desk can read it.")
    return redirect(f"{url}#notes")
