"""Whether the people whom an organisation names as contacts have confirmed it, by a link sent to each."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portal.accounts.models import Organisation
from portal.epochs.models import Epoch
from registrations.domain.lifecycle import ContactStatus
from registrations.models.columns import choices, exactly_when, one_of
from registrations.models.revision import Revision

MOST_UNCONFIRMED: Final = 20
"""How many contacts of an organisation may be asked within :data:`WINDOW` and not have confirmed: with more,
somebody could use the portal to write to strangers."""
WINDOW: Final = timedelta(days=1)
_SALT: Final = "registrations.contact"


class ContactQuerySet(models.QuerySet["ContactConfirmation"]):
    def of(self, organisation_id: int, addresses: Collection[str]) -> Self:
        """Those of the organisation with one of these addresses, which are in lower case."""
        return self.filter(organisation=organisation_id, address__in=addresses)

    def unsent(self) -> Self:
        """Those that nobody has sent an email, the longest wait first."""
        return self.filter(sent_at=None).order_by("named_at", "pk")

    def unconfirmed_since(self, moment: datetime) -> Self:
        """Those that were sent an email after the moment and have not confirmed: no answer, or *not me*."""
        return self.filter(sent_at__gt=moment).exclude(status=ContactStatus.CONFIRMED)

    def with_token(self, token: str) -> Self:
        """The one that the token of a link names; none for one that is forged, or older than a restore."""
        try:
            named = signing.loads(token, salt=_salt())
        except signing.BadSignature:
            return self.none()
        return self.filter(uuid=named)


class NamingClient(NamedTuple):
    """A client that names the address, as its contact reads it."""

    name: str
    environment: str


class ContactConfirmation(models.Model):
    """An address that an organisation named as a contact of a client, and what its owner said to that.

    There is one for each organisation and address, whatever the number of clients that name it, and it stays
    when none does: so nobody is asked twice, and *not me* holds for whatever the organisation names later.
    ``sent_at`` is when the email with the link was last queued; null while it has to wait.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    address = models.CharField(max_length=254)
    status = models.CharField(
        max_length=16, choices=choices(ContactStatus), default=ContactStatus.UNCONFIRMED
    )
    named_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "address"], name="contact_once_an_organisation"),
            models.CheckConstraint(
                condition=~Q(address="") & Q(address=Lower("address")), name="contact_address_in_lower_case"
            ),
            models.CheckConstraint(condition=one_of("status", ContactStatus), name="contact_status_known"),
            models.CheckConstraint(
                condition=exactly_when(Q(status=ContactStatus.CONFIRMED), "confirmed_at"),
                name="contact_confirmed_at_exactly_when_confirmed",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=ContactStatus.REFUSED), "refused_at"),
                name="contact_refused_at_exactly_when_refused",
            ),
            models.CheckConstraint(
                condition=Q(status=ContactStatus.UNCONFIRMED) | Q(sent_at__isnull=False),
                name="contact_answers_only_an_email",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(sent_at__isnull=True), name="contact_unsent"),
            models.Index(fields=["organisation", "sent_at"], name="contact_by_sent"),
        ]

    def __str__(self) -> str:
        return f"contact {self.uuid} of {self.organisation_id}"

    @property
    def stage(self) -> ContactStatus:
        """The status as a member of its enumeration."""
        return ContactStatus(self.status)

    @property
    def audit_name(self) -> str:
        """Its name in the audit log, which holds no address."""
        return f"contact:{self.uuid}"

    @property
    def token(self) -> str:
        """The token of the link in the email: made when that is sent, and stored nowhere.

        It is signed for the epoch, because a backup that is restored may bring back an answer that has been
        given differently since.
        """
        return signing.dumps(str(self.uuid), salt=_salt())

    def named_in(self) -> list[Revision]:
        """The current versions of the organisation's clients that name the address: one statement."""
        rows = Revision.objects.current().filter(registration__organisation=self.organisation_id)
        return [one for one in rows.order_by("client_name", "pk") if self.address in one.addresses()]

    def clients(self) -> list[NamingClient]:
        """The clients that name the address, each once: one statement."""
        named = (NamingClient(one.client_name, one.environment) for one in self.named_in())
        return list(dict.fromkeys(named))


def _salt() -> str:
    return f"{_SALT}{Epoch.objects.current()}"
