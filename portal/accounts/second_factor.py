"""The second factor: how its secrets are stored, when a session has one, and who needs one."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from portal.accounts.actions import BACK as ORGANISATION
from portal.accounts.actions import lock_as_admin
from portal.accounts.apps import SECOND_FACTOR
from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.accounts.sessions import end_sessions
from portal.audit.events import record
from portal.keyed_hashes import keyed_hash
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, Refusal
from portal.sealing import SealBroken, SealingKeyProblem, report_unopened, seal, unseal

BACK: Final = ("/accounts/second-factor/", "Back to the second factor")


class FactorUnreadable(Refusal):
    """503: the secret of a factor cannot be opened, so no code of it can be checked."""

    status = 503
    heading = "We cannot check this right now"

    def __init__(self) -> None:
        super().__init__("Use a passkey if you have one, or try again later. We have been told.")


class MFAAdapter(DefaultMFAAdapter):
    """allauth's hooks: secrets are sealed for the person who sets them up."""

    error_messages: Final = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is wrong, has expired or was used already.",
        "unverified_email": "Confirm your email address first: open the link that we emailed you.",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=SECOND_FACTOR, bound_to=[str(context.request.user.pseudonym)])

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret. allauth does not say whose: it has to be stored once, with the person it belongs to.

        Raises FactorUnreadable where no key opens it, and where it was copied to another row.
        """
        holds_it = Q(data__secret=encrypted_text) | Q(data__seed=encrypted_text)
        owners: list[UUID] = list(
            Authenticator.objects.filter(holds_it).values_list("user__pseudonym", flat=True)
        )
        try:
            if len(owners) != 1:
                raise SealBroken
            return unseal(encrypted_text, purpose=SECOND_FACTOR, bound_to=[str(owners[0])])
        except SealingKeyProblem:
            for owner in owners:
                report_unopened(SECOND_FACTOR, owner)
        raise FactorUnreadable

    def get_totp_issuer(self) -> str:
        return "Pleo client registration"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Passkey {number}"


PROVIDER: Final = "provider"
"""The type of the record of a second factor that somebody proved to the sign-in provider."""


class OwnFactorStage(AuthenticateStage):
    """Asks for the second factor at sign-in, unless the provider has asked for one."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        records = get_authentication_records(self.request, self.login.user)
        if any((one["method"], one.get("type")) == ("mfa", PROVIDER) for one in records):
            return None, True
        outcome: tuple[HttpResponse | None, bool] = super().handle()
        return outcome


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session proved a second factor; only the session is asked."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def totp_secret(nonce: str) -> str:
    """The secret of an app that is being set up. The session holds only the nonce that it is made of."""
    return base64.b32encode(bytes.fromhex(keyed_hash(nonce, purpose="portal.totp"))[:20]).decode()


def is_required_of(user: User) -> bool:
    """Whether the person needs a second factor for every page, as staff."""
    return user.is_staff and settings.PORTAL_STAFF_SECOND_FACTOR == "required"


def is_required_by_organisation(request: HttpRequest) -> bool:
    """Whether the person needs one for every page, as a member: the session was read with it."""
    return bool(request.session.needs_second_factor)  # type: ignore[attr-defined]  # of our own engine


def factors_of(user: User | OuterRef) -> QuerySet[Authenticator]:
    """The second factors of a person, who may stand in an outer query. Recovery codes alone are none."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return found.exclude(type=Authenticator.Type.RECOVERY_CODES)


@transaction.atomic
def require_of_members(
    organisation_uuid: UUID, *, required: bool, by: User, signed_in_at: datetime | None
) -> None:
    """Require a second factor of the members, or leave it to them.

    From the next request on, whoever has none reaches only the pages that set one up. Raises NotFound or
    NotAllowed for everybody but an admin, ReauthenticationNeeded, and Conflict for what is so already and
    for an admin without a second factor, who would shut everybody out, themselves included.
    """
    organisation = lock_as_admin(organisation_uuid, by=by)
    require_recent_sign_in(signed_in_at)
    if organisation.requires_second_factor == required:
        raise Conflict("Somebody has changed this already.", way_out=ORGANISATION)
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if required and not factors_of(by).exists():
        raise Conflict("Set up a second factor of your own first.", way_out=BACK)
    organisation.requires_second_factor = required
    organisation.save(update_fields=["requires_second_factor"])
    event = AccountEvent.SECOND_FACTOR_REQUIRED if required else AccountEvent.SECOND_FACTOR_OPTIONAL
    record(event, by=by, stream=organisation.uuid)
    enqueue("second_factor_rule", organisation=organisation.pk, rule=str(event))


def book_change(event: AccountEvent, kind: str, *, by: User, keep: str | None) -> None:
    """Record a change of the person's factors, tell them, and end their sessions but ``keep``.

    Call it in the transaction of the change.
    """
    record(event, by=by, stream=by.pseudonym, detail={"kind": kind})
    enqueue("account_factor_changed", user=by.pk, change=str(event), factor=kind)
    end_sessions(by, why="factor", by=by, keep=keep)


def lock_before_removal(factor: Authenticator, *, by: User) -> None:
    """Lock the person, so that two removals at once do not both leave another one.

    Raises Conflict where it is the last factor of somebody who needs one.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if factors_of(by).exclude(pk=factor.pk).exists():
        return
    if is_required_of(by):
        raise Conflict("Staff need a second factor. Set up another one first.", way_out=BACK)
    if by.memberships.filter(organisation__requires_second_factor=True).exists():
        raise Conflict("Your organisation requires a second factor. Set up another one first.", way_out=BACK)
