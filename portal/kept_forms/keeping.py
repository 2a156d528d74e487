"""Keeps what was typed into a form that came without a session or with an expired token.

It is kept for the account that the form's signed note names, and for nobody else. It is encrypted, and
deleted after an hour. Nothing here acts on it: its owner reads it in the form again, and saves it or not.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.kept_forms import notes
from portal.kept_forms.apps import PURPOSE
from portal.kept_forms.models import KeptForm
from portal.limits import KEEP_FORM, client_network, spend
from portal.paging import parse_uuid, row_named
from portal.sealing import SealingKeyProblem, report_unopened, seal, unseal

NAMED: Final = "kept"
"""The parameter of an address, and the field of a form, that names a kept form."""
MOST: Final = 5
"""Kept forms of one account; the oldest goes."""
LONGEST: Final = 256 * 1024
"""Characters of one form as it is posted: far more than the rules accept."""
_NOT_TYPED: Final = ("csrfmiddlewaretoken", notes.FIELD, NAMED)


@dataclass(frozen=True)
class KeptValues:
    """What was typed at ``at``; ``had_files`` if files came with it, which are not kept."""

    at: datetime
    values: QueryDict
    had_files: bool


def keep(request: HttpRequest, address: str) -> KeptForm | None:
    """Keep the posted form, as one of the page at ``address``, for the account of its note.

    None without a valid note, or if it is too long.

    The newest form of an address replaces the one before. Raises TooManyRequests, for a forged note too.
    """
    note = request.POST.get(notes.FIELD)
    if not note:
        return None
    spend(KEEP_FORM, client_network(request))
    account = notes.account_of(note)
    if account is None:
        return None
    return keep_for(account, request, address)


def keep_for(account: int, request: HttpRequest, address: str) -> KeptForm | None:
    """Keep the posted form for the account, as one of the page at ``address``.

    None if nothing was typed, or too much.
    """
    typed, row_uuid = _typed(request), uuid.uuid4()
    if not typed or len(typed) > LONGEST:
        return None
    content = json.dumps({"typed": typed, "had_files": bool(request.FILES)})
    sealed = seal(content, purpose=PURPOSE, bound_to=_bound_to(row_uuid, account, address))
    with transaction.atomic():
        kept, _ = KeptForm.objects.update_or_create(
            owner_id=account,
            address=address,
            defaults={"uuid": row_uuid, "sealed": sealed, "kept_at": timezone.now()},
        )
        stay = KeptForm.objects.of(account).values_list("pk", flat=True)[:MOST]
        KeptForm.objects.filter(owner=account).exclude(pk__in=list(stay)).delete()
    return kept


def opened(request: SignedInRequest) -> KeptValues | None:
    """What the request's address names, if it was kept for this person and this page and can be read."""
    mine = KeptForm.objects.of(request.user.pk).filter(address=request.path)
    kept = row_named(mine, request.GET.get(NAMED, ""))
    if kept is None:
        return None
    try:
        content = json.loads(
            unseal(kept.sealed, purpose=PURPOSE, bound_to=_bound_to(kept.uuid, kept.owner_id, kept.address))
        )
    except SealingKeyProblem:
        report_unopened(PURPOSE, kept.uuid)
        return None
    return KeptValues(kept.kept_at, QueryDict(content["typed"]), content["had_files"])


def discard(user: User, named: str) -> None:
    """Delete the person's kept form of that name; nothing happens if there is none."""
    if (found := parse_uuid(named)) is not None:
        KeptForm.objects.filter(owner=user, uuid=found).delete()


def forget_expired(_stopped: Callable[[], bool] | None = None) -> int:
    """Delete what nobody may open any more, and return how much it was: a job of the worker."""
    return KeptForm.objects.expired().delete()[0]


def forget_all() -> int:
    """Delete every kept form, and return how many there were."""
    return KeptForm.objects.all().delete()[0]


def _typed(request: HttpRequest) -> str:
    values = request.POST.copy()
    for name in _NOT_TYPED:
        values.pop(name, None)
    return values.urlencode()


def _bound_to(row_uuid: uuid.UUID, owner_id: int, address: str) -> tuple[str, str, str]:
    return (str(row_uuid), str(owner_id), address)
