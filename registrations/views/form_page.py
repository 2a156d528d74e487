"""The one page with the whole form: what it needs to know, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from portal.accounts.doors import PartnerRequest
from portal.accounts.models import Organisation
from registrations.conversation import Conversation, open_conversations
from registrations.forms.questions import Dispute, disputes_of, told
from registrations.forms.registration_form import RegistrationForm, SummaryItem
from registrations.models import Logo, Registration
from registrations.models.catalogue import Offer, offered
from registrations.models.revision import world_of_rules
from registrations.presentation import is_given, picture_of
from registrations.rules import rereview
from registrations.rules.draft_data import Typed, metadata_of, questions_of
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Metadata, World
from registrations.rules.overrides import Accepted, check, still_asked
from registrations.standing import Standing


@dataclass(frozen=True)
class Catalogue:
    """What is on offer, and what the rules say of what was typed.

    ``organisation_id`` is whose client it is, None while nobody chose: it comes from what the
    person belongs to, never from the request, or names would tell whose they are. ``accepted``
    are the values of this registration that reviewers let pass (rule G-06), ``conversations`` what
    they ask about it, and ``environment`` the one that it cannot leave.
    """

    offer: Offer
    organisation_id: int | None
    accepted: Accepted = ()
    conversations: Sequence[Conversation] = ()
    environment: str = ""

    @classmethod
    def read(cls, *, organisation_id: int | None) -> Catalogue:
        """As it is now, for a new registration: one statement."""
        return cls(offered(), organisation_id)

    @classmethod
    def of(cls, found: Standing) -> Catalogue:
        """As it is now, for one that exists: one statement."""
        registration = found.registration
        return cls(
            offered(),
            registration.organisation_id,
            found.accepted,
            open_conversations(registration),
            registration.environment or "",
        )

    def world(self, name: str, logo: Logo | None) -> World:
        """What the rules need to know of a client of that name and logo: one statement, if it has
        a name."""
        return world_of_rules(self.offer, name, self.organisation_id, logo=logo, environment=self.environment)

    def judge(self, typed: Typed, *, logo: Logo | None) -> list[Finding]:
        """All that the rules say of what was typed."""
        return self._judged(typed, _record(typed, logo), logo)

    def beside(self, typed: Typed, *, logo: Logo | None) -> list[Finding]:
        """What the rules say of the fields that hold something: nobody is told off for what
        they have not come to yet."""
        record = _record(typed, logo)
        return [found for found in self._judged(typed, record, logo) if is_given(record, found.field)]

    def _judged(self, typed: Typed, record: Metadata, logo: Logo | None) -> list[Finding]:
        world = self.world(record.client_name, logo)
        found = check(record, world, asked=questions_of(typed), accepted=self.accepted)
        return told(found, record, self.accepted)

    def to_keep(self, form: RegistrationForm) -> dict[str, object]:
        """What a draft keeps of the form: a question goes with the value that it was about."""
        typed = form.typed()
        record = _record(typed, None)
        asked = questions_of(typed)
        still = still_asked(self._judged(typed, record, None), record, asked) if asked else []
        kept = [question.as_json() for question in still]
        rest = {name: value for name, value in typed.items() if name != "review_asked"}
        return rest | {"review_asked": kept} if kept else rest

    def empty_form(self, initial: Mapping[str, Any], findings: Sequence[Finding] = ()) -> RegistrationForm:
        """The form that shows a draft."""
        disputes = self._disputes(findings, initial)
        return self._form(findings=findings, disputes=disputes, initial=initial)

    def _disputes(self, findings: Sequence[Finding], typed: Typed) -> list[Dispute]:
        return disputes_of(findings, _record(typed, None), self.accepted)

    def bound_form(
        self, values: QueryDict, files: MultiValueDict[str, UploadedFile[Any]]
    ) -> RegistrationForm:
        """The form with what was posted."""
        return self._form(values, files)

    def again(
        self, form: RegistrationForm, findings: Sequence[Finding], *, version: int | None = None
    ) -> RegistrationForm:
        """A form that was judged, once more with what was found; ``version`` replaces the draft
        version that came along."""
        values = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, since it was posted
        if version is not None:
            values["draft_version"] = str(version)
        disputes = self._disputes(findings, form.cleaned_data)
        return self._form(values, form.files, findings=findings, disputes=disputes)

    def _form(self, *bound_to: Any, **more: Any) -> RegistrationForm:
        return RegistrationForm(
            *bound_to,
            scopes=self.offer.scopes,
            subject_types=self.offer.subject_types,
            tiers=self.offer.tiers,
            conversations=self.conversations,
            fixed_environment=self.environment,
            **more,
        )


def _record(typed: Typed, logo: Logo | None) -> Metadata:
    return metadata_of(typed, logo_digest=logo.digest if logo else None)


@dataclass(frozen=True)
class FormPage:
    """The page of a new registration (``registration`` is None) or of one that exists.

    ``name`` is what the client is called, empty while it has no name; ``complaint`` stands beside the
    choice of an organisation; ``note`` is the reviewer's, on what came back last.
    """

    registration: Registration | None
    name: str = ""
    organisations: Sequence[Organisation] = ()
    chosen_organisation: str = ""
    complaint: str = ""
    note: str = ""

    def show(
        self,
        request: PartnerRequest,
        form: RegistrationForm,
        *,
        logo: Logo | None = None,
        summary: bool = False,
        clash: tuple[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """``clash`` is the address of what was saved meanwhile, and words for the way there."""
        context = {
            "form": form,
            "registration": self.registration,
            "title": self.title,
            "at_once": rereview.table() if self.is_live else (),
            "action_url": self.address("edit"),
            "organisations": self.organisations,
            "chosen_organisation": self.chosen_organisation,
            "organisation_findings": self._unchosen(),
            "note": self.note,
            "logo": picture_of(logo),
            "clash": clash,
            "error_summary": [*self._first(), *form.error_summary()] if summary else [],
        }
        return render(request, "registrations/form.html", context, status=status)

    @property
    def is_live(self) -> bool:
        """Whether a client runs while its registration is edited."""
        return self.registration is not None and self.registration.is_live

    @property
    def title(self) -> str:
        if self.registration is None:
            return "New registration"
        return f"{'Change' if self.is_live else 'Edit'} {self.name or 'registration'}"

    def _unchosen(self) -> list[Finding]:
        return [Finding("form", Severity.REJECT, "organisation", self.complaint)] if self.complaint else []

    def _first(self) -> list[SummaryItem]:
        return [SummaryItem(one.field, "Organisation", one.message, None) for one in self._unchosen()]

    def address(self, page: str) -> str:
        """Of a page of the registration; of the empty form where there is none yet."""
        if self.registration is None:
            return reverse("registrations:new")
        return reverse(f"registrations:{page}", args=[self.registration.uuid])
