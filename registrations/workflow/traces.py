"""What says who a person is in the rows about clients, for whoever is erased; ``ACCOUNTS_TRACES`` names it.

Contacts in versions and drafts stay: they are the organisation's, and a version is never changed.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import Model, Q, QuerySet

from portal.accounts.erasing import DELETED_NAME
from portal.accounts.traces import Trace, Whom, of_person
from portal.kept_forms.models import KeptForm
from portal.lost_factors.models import FactorReset
from registrations.models import (
    Comment,
    ContactConfirmation,
    DailyDigest,
    DeskNote,
    EmailChoice,
    Mention,
    OrganisationNote,
    ReviewDraft,
    Snooze,
)


def own_texts(words: str, model: type[Model]) -> Trace:
    """The person's own texts that hold their name or address: these are taken out, and the rest stays."""

    def rows(whom: Whom) -> QuerySet[Any]:
        condition = Q(text__icontains=whom.address)
        if whom.name:
            condition |= Q(text__icontains=whom.name)
        return model._default_manager.filter(condition, author__in=whom.people)

    def take_out(found: QuerySet[Any], whom: Whom) -> None:
        holding = "|".join(re.escape(text) for text in (whom.address, whom.name) if text)
        for row in found.select_for_update(of=("self",)).order_by("pk"):
            row.text = re.sub(holding, DELETED_NAME, row.text, flags=re.IGNORECASE)
            row.save(update_fields=["text"])

    return Trace(words, rows, take_out)


TRACES: Final = (
    of_person("kept forms", KeptForm, "owner"),
    of_person("requests about a lost second factor", FactorReset, "user"),
    of_person("what they typed in reviews and did not send", ReviewDraft, "reviewer"),
    of_person("choices of emails about submissions", EmailChoice, "person"),
    of_person("daily digests", DailyDigest, "person"),
    of_person("snoozes", Snooze, "person"),
    of_person("mentions", Mention, "person"),
    Trace(
        "confirmations of the address as a contact",
        lambda whom: ContactConfirmation.objects.filter(address=whom.address),
    ),
    own_texts("own comments with name or address", Comment),
    own_texts("own desk notes with name or address", DeskNote),
    own_texts("own notes on organisations with name or address", OrganisationNote),
)
