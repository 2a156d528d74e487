"""The desk's list of emails and webhooks that could not be delivered, where a lead sends them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import SignedInRequest
from portal.outbox.models import Delivery, OutboxMessage
from portal.paging import parse_uuid, row_named, rows_after
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin.pages import desk_only, render_page
from registrations.webhooks import WEBHOOKS
from registrations.workflow.undelivered import send_again

PAGE: Final = 50


class Failure(NamedTuple):
    """Who did not get a message, after how many attempts, and how the last one failed."""

    recipient: str
    attempts: int
    error: str


@dataclass(frozen=True)
class Row:
    """A message with what of it is undelivered, which is all where nobody knows who should get it."""

    message: OutboxMessage
    dead: Sequence[Delivery]

    @property
    def means(self) -> str:
        return "Webhook" if self.message.kind in WEBHOOKS else "Email"

    @property
    def kind(self) -> str:
        return self.message.kind.replace("_", " ")

    @property
    def failures(self) -> list[Failure]:
        if not self.dead:
            return [Failure("Recipients not found", 0, self.message.last_error)]
        return [Failure(_recipient(one), one.attempts, one.last_error) for one in self.dead]


@dataclass(frozen=True)
class UndeliveredList:
    """One page of the list, the oldest first."""

    rows: list[Row]
    has_more: bool

    @property
    def next_url(self) -> str:
        """The URL of the next page, empty on the last."""
        return f"?after={self.rows[-1].message.uuid}" if self.has_more else ""


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def undelivered(request: SignedInRequest) -> HttpResponse:
    """List what the worker has given up; a post sends the messages that it names again.

    ``after`` is the last one of the previous page.
    """
    if not permissions.may_send_again(request.user):
        raise NotAllowed("Only leads can see what was not delivered.")
    if request.method == "POST":
        return _send_again(request)
    last = row_named(OutboxMessage.objects.all(), request.GET.get("after", ""))
    dead = Delivery.objects.dead().select_related("recipient").order_by("pk")
    listed = rows_after(OutboxMessage.objects.undelivered(), "created_at", last)
    found = list(listed.prefetch_related(Prefetch("deliveries", dead))[: PAGE + 1])
    rows = [Row(message, list(message.deliveries.all())) for message in found[:PAGE]]
    page = UndeliveredList(rows, has_more=len(found) > PAGE)
    return render_page(request, "undelivered.html", {"title": "Undelivered", "page": page})


def _send_again(request: SignedInRequest) -> HttpResponse:
    named = [parse_uuid(text) for text in request.POST.getlist("message")]
    try:
        send_again([uuid for uuid in named if uuid is not None], by=request.user)
    except Conflict as conflict:
        conflict.way_out = (reverse("admin:registrations_registration_undelivered"), "Back to the list")
        raise
    messages.success(request, "The worker tries to send this again, within the next seconds.")
    return redirect("admin:registrations_registration_undelivered")


def _recipient(delivery: Delivery) -> str:
    if delivery.recipient is not None:
        return delivery.recipient.get_full_name()
    return delivery.address or f"{delivery.target.capitalize()} server"
