"""What a page that starts a registration carries: the organisation to choose, and the page's own key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import QueryDict

from portal.accounts.decorators import PartnerRequest
from portal.accounts.models import Organisation, User
from portal.paging import parse_uuid
from registrations.forms.registration_form import SummaryItem
from registrations.models import Registration
from registrations.rules.findings import Finding, Severity
from registrations.views.access import WHICH_ORGANISATION, chosen_of, own_id, to_start_in
from registrations.workflow.drafting import start_key


@dataclass(frozen=True)
class OrganisationChoice:
    """The organisations in which a person may start a registration, and the one that was chosen.

    ``chosen`` is what was posted, or the only one; the person may not belong to it. None without a choice.
    ``key`` is made when the page is first shown, and stays when it is shown again with errors: however
    often it is posted, it starts one registration.
    """

    mine: Sequence[Organisation]
    chosen: UUID | None
    is_posted: bool
    key: UUID

    @classmethod
    def of(cls, request: PartnerRequest, values: QueryDict | None = None) -> OrganisationChoice:
        """The choice in these values, or else in what was posted.

        Raises NotAllowed for a person without such an organisation, NotFound for an invalid choice.
        """
        mine, values = to_start_in(request), request.POST if values is None else values
        chosen = chosen_of(mine, values.get("organisation", ""))
        key = parse_uuid(values.get("start_key", "")) or uuid4()
        return cls(mine, chosen, request.method == "POST", key)

    @property
    def offered(self) -> Sequence[Organisation]:
        """The options that the page shows: none where there is no choice."""
        return self.mine if len(self.mine) > 1 else ()

    @property
    def own_id(self) -> int | None:
        """The primary key of the chosen organisation; None if the person does not belong to it."""
        return own_id(self.mine, self.chosen)

    def started_before(self, by: User) -> Registration:
        """The registration that this page has started already; there has to be one."""
        if self.chosen is None:
            raise Registration.DoesNotExist
        return Registration.objects.get(start_key=start_key(self.key, self.chosen, by=by))

    @property
    def findings(self) -> list[Finding]:
        """The error if the form was posted without a choice."""
        if self.chosen or not self.is_posted:
            return []
        return [Finding("form", Severity.REJECT, "organisation", WHICH_ORGANISATION)]

    def error_summary(self) -> list[SummaryItem]:
        return [SummaryItem(one.field, "Organisation", one.message, None) for one in self.findings]
