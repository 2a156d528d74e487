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
from portal.limits import START, spend
from portal.refusals import NotFound
from registrations.draft_checks import DraftChecks
from registrations.forms.import_form import ImportForm
from registrations.queries.documents import live_document, open_document
from registrations.views.access import visible
from registrations.views.organisation_choice import OrganisationChoice
from registrations.workflow import drafting


@require_safe
@partner_required
def metadata(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Export the live record; if nothing is live yet, the draft, else the newest revision."""
    found = visible(request, uuid)
    registration, today, begun = found.registration, timezone.now().date(), found.draft or found.newest
    exceptions = registration.pkce_exceptions.in_force()
    found.read_children()
    if found.live:
        document = live_document(registration, found.live, exceptions, today=today)
    elif begun:
        document = open_document(registration, begun, exceptions, today=today)
    else:
        raise NotFound
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # UTF-8 cannot encode a lone surrogate, so it is written as a JSON escape.
    content = f"{text}\n".encode("utf-8", "backslashreplace")
    return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "no-store"})


@sensitive_post_parameters("document")
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def import_document(request: PartnerRequest) -> HttpResponse:
    """Make a draft from a document; list what was not used and what is left to do."""
    choice = OrganisationChoice.of(request)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if not form.is_valid() or choice.chosen is None:
        summary = [*choice.error_summary(), *form.error_summary()]
        context = {"form": form, "organisation": choice, "error_summary": summary}
        return render(request, "registrations/import.html", context)
    spend(START, str(request.user.pk))
    registration = drafting.start(
        choice.chosen, by=request.user, data=form.reading.data, key=choice.key, imported=True
    )
    context = {
        "registration": registration,
        "reading": form.reading,
        # Other clients' names only cause warnings, so no organisation is needed to look them up.
        "problems": DraftChecks.for_new(None).check(form.reading.data).rejections,
    }
    return render(request, "registrations/imported.html", context)
