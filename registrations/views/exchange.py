"""Export a registration as RFC 7591 JSON, and import one."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.accounts.models import Organisation
from portal.limits import START, spend
from portal.refusals import NotFound
from registrations.draft_checks import DraftChecks
from registrations.forms.import_form import ImportForm
from registrations.forms.registration_form import SummaryItem
from registrations.models import PkceException
from registrations.queries.overview import RegistrationOverview
from registrations.rules.findings import Finding, Severity
from registrations.views.access import WHICH_ORGANISATION, chosen_of, to_start_in, visible
from registrations.workflow import drafting
from registrations.workflow.documents import Document, live_document, open_document


@require_safe
@partner_required
def metadata(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Export the live record; if nothing is live yet, the draft, else the newest revision."""
    found = visible(request, uuid)
    text = json.dumps(_document(found), ensure_ascii=False, indent=2)
    # UTF-8 cannot encode a lone surrogate, so it is written as a JSON escape.
    content = f"{text}\n".encode("utf-8", "backslashreplace")
    return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "no-store"})


def _document(found: RegistrationOverview) -> Document:
    registration, today = found.registration, timezone.now().date()
    exceptions = PkceException.objects.filter(registration=registration, status="in_force")
    found.read_children()
    if found.live:
        return live_document(registration, found.live, exceptions, today=today)
    begun = found.draft or found.newest
    if begun is None:
        raise NotFound
    return open_document(registration, begun, exceptions, today=today)


@sensitive_post_parameters("document")
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def import_document(request: PartnerRequest) -> HttpResponse:
    """Make a draft from a document; list what was not used and what is left to do."""
    mine = to_start_in(request)
    if request.method != "POST":
        return _page(request, mine, ImportForm())
    organisation = chosen_of(mine, request.POST.get("organisation", ""))
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid() or organisation is None:
        return _page(request, mine, form, unchosen=organisation is None)
    spend(START, str(request.user.pk))
    registration = drafting.start(organisation, by=request.user, data=form.reading.data)
    context = {
        "registration": registration,
        "reading": form.reading,
        # Other clients' names only cause warnings, so no organisation is needed to look them up.
        "problems": DraftChecks.for_new(None).check(form.reading.data).rejections,
    }
    return render(request, "registrations/imported.html", context)


def _page(
    request: PartnerRequest, mine: list[Organisation], form: ImportForm, *, unchosen: bool = False
) -> HttpResponse:
    missing = [Finding("form", Severity.REJECT, "organisation", WHICH_ORGANISATION)] if unchosen else []
    first = [SummaryItem(one.field, "Organisation", one.message, None) for one in missing]
    context = {
        "kept": form.kept,
        "lost": form.lost,
        "organisations": mine if len(mine) > 1 else (),
        "chosen_organisation": request.POST.get("organisation", ""),
        "organisation_findings": missing,
        "document_findings": form.findings("document"),
        "file_findings": form.findings("file"),
        "error_summary": [*first, *form.error_summary()],
    }
    return render(request, "registrations/import.html", context)
