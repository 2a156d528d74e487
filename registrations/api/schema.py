"""What the API takes and answers, for its OpenAPI schema.

What servers report is checked with it, too; for other requests nothing here is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from registrations.domain.lifecycle import RegistrationStatus, SecretStatus
from registrations.rules.vocabulary import Environment

_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
MOST_CLIENTS: Final = 20_000
"""Clients in an inventory: 2.3 MB of JSON, where the longest body that is accepted has 3 MiB."""
MOST_USES: Final = 1000
_MOST_VERSIONS: Final = 2**31 - 1


class WrongMember(serializers.Serializer):
    """One wrong parameter or member of the body."""

    name = serializers.CharField(help_text="Its name; `clients.3.version` for one inside a list.")
    detail = serializers.CharField()


class ProblemDocument(serializers.Serializer):
    """Why a call was refused (RFC 9457)."""

    type = serializers.CharField(help_text="`about:blank`, or the address of a heading in this document.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people; the words may change.")
    errors = WrongMember(many=True, required=False)


class ClientSecret(serializers.Serializer):
    """A secret that may work."""

    id = serializers.UUIDField()
    verifier = serializers.RegexField("^[0-9a-f]{64}$", help_text="SHA-256 of the secret, in hex.")
    status = serializers.ChoiceField([SecretStatus.ACTIVE.value, SecretStatus.RETIRING.value])
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="From this moment on it must not be accepted. Null: no end is set."
    )


class Client(serializers.Serializer):
    """A client as it is in effect: the members of RFC 7591, and Pleo's own.

    Members that are empty are left out. Ignore members that you do not know.
    """

    client_id = serializers.UUIDField()
    client_name = serializers.CharField()
    client_uri = serializers.URLField(required=False)
    logo_uri = serializers.URLField(required=False, help_text="Pages of any site may show it.")
    tos_uri = serializers.URLField(required=False)
    policy_uri = serializers.URLField(required=False)
    contacts = serializers.ListField(child=serializers.CharField(), required=False)
    redirect_uris = serializers.ListField(
        child=serializers.URLField(), help_text="To be compared with the request character by character."
    )
    scope = serializers.CharField(required=False, help_text="What was granted, separated by spaces.")
    token_endpoint_auth_method = serializers.CharField()
    grant_types = serializers.ListField(child=serializers.CharField())
    response_types = serializers.ListField(child=serializers.CharField())
    initiation_uri = serializers.URLField(required=False)
    configuration_uri = serializers.URLField(required=False)
    subject_type_preference = serializers.CharField(required=False)
    environment = serializers.ChoiceField([one.value for one in Environment])
    pkce_required = serializers.BooleanField(help_text="Whether a request without PKCE is refused.")
    pkce_exception_expires_on = serializers.DateField(
        required=False, help_text="The last day, in UTC, on which PKCE is not required."
    )
    status = serializers.ChoiceField(
        [one.value for one in RegistrationStatus if one is not RegistrationStatus.PENDING],
        help_text="Only an `active` client may authenticate or get codes and tokens.",
    )
    version = serializers.IntegerField(min_value=1, help_text="The number of the version that is live.")
    updated_at = serializers.DateTimeField(help_text="Moves with every change of this document but time.")
    client_secrets = ClientSecret(
        many=True, required=False, help_text="Only for tokens with the right `verifiers`."
    )


class ChangedPage(serializers.Serializer):
    """A part of the feed."""

    clients = Client(many=True)
    cursor = serializers.CharField(help_text="For `changed_since` of the next call.")
    is_last = serializers.BooleanField(help_text="Whether nothing else has changed so far.")


class PresentedSecret(serializers.Serializer):
    """The secret that a client presented."""

    client_secret = serializers.CharField(write_only=True)


class SecretVerdict(serializers.Serializer):
    """Whether the client may authenticate with this secret now."""

    active = serializers.BooleanField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when, if an end is set. Do not keep the answer longer than that."
    )


class ServedState(serializers.Serializer):
    """The state of a client, as its record says it."""

    version = serializers.IntegerField(
        min_value=1, max_value=_MOST_VERSIONS, help_text="`version` of the record that is served."
    )
    updated_at = serializers.DateTimeField(help_text="Its `updated_at`, unchanged.")


class Applied(ServedState):
    """What the portal has of the client."""

    is_current = serializers.BooleanField(
        help_text="Whether that is what was reported. If not, read the client again."
    )


class ServedClientState(ServedState):
    """The state in which a server has a client."""

    client_id = serializers.UUIDField()


class WholeInventory(serializers.Serializer):
    """Every client that the server serves."""

    clients = ServedClientState(many=True, max_length=MOST_CLIENTS)


class Differences(serializers.Serializer):
    """How that differs from what the portal has, by client ids. Three empty lists: not at all."""

    missing = serializers.ListField(
        child=serializers.UUIDField(), help_text="Active and suspended clients that were not in it."
    )
    extra = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Clients that do not exist in the environment. Do not serve them.",
    )
    stale = serializers.ListField(
        child=serializers.UUIDField(), help_text="Clients in another state. Read them again."
    )


class ReportedUse(serializers.Serializer):
    """The last use of a client, or of one of its secrets."""

    client_id = serializers.UUIDField()
    secret_id = serializers.UUIDField(
        required=False, help_text="`id` of the secret, where the server knows which one was used."
    )
    last_used_at = serializers.DateTimeField(
        help_text="At most a minute ahead of the portal’s clock; later than now counts as now."
    )


class UsageReport(serializers.Serializer):
    """What was used since the last report."""

    uses = ReportedUse(many=True, max_length=MOST_USES)


class UnknownUse(serializers.Serializer):
    """A client, or a secret of it, that does not exist in the environment."""

    client_id = serializers.UUIDField()
    secret_id = serializers.UUIDField(required=False)


class UsageReceipt(serializers.Serializer):
    """What was not booked."""

    unknown = UnknownUse(many=True)


def problems(*statuses: int) -> dict[tuple[int, str], type[serializers.Serializer]]:
    """The refusals of an operation, with those that every operation has."""
    return {(status, _PROBLEM): ProblemDocument for status in sorted({401, 403, *statuses})}


def described(
    operation: str, right: str, *, answers: Mapping[Any, Any], refuses: tuple[int, ...], **more: Any
) -> Any:
    """Describe an operation: the right that it needs, its answers by status, and its refusals."""
    return extend_schema(
        operation_id=operation,
        tags=["clients"],
        responses={**answers, **problems(*refuses)},
        extensions={"x-right": right},
        **more,
    )


ONE_CLIENT: Final = described(
    "read_client",
    "read",
    summary="One client, as it is in effect now",
    description=(
        "A suspended or closed client answers with its `status`. A client that is unknown, was never live or "
        "belongs to another environment answers 404. Send the `ETag` as `If-None-Match` to get 304 while "
        "nothing has changed."
    ),
    answers={(200, _JSON): Client, 304: OpenApiResponse(description="Nothing has changed.")},
    refuses=(404,),
    parameters=[
        OpenApiParameter("client_id", str, OpenApiParameter.PATH),
        OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
    ],
)
CHANGED_CLIENTS: Final = described(
    "list_changed_clients",
    "read",
    summary="All clients, or those that changed",
    description=(
        "Each client is in the feed once, at its last change, so it may come again on a later page. Begin "
        "without a cursor, put every client that comes in place of the one you have, and go on with `cursor` "
        "until `is_last`; then ask again from there every 30 seconds. A cursor from before the portal was "
        "restored from a backup answers 410: forget all clients, and start over."
    ),
    answers={(200, _JSON): ChangedPage},
    refuses=(400, 404, 410),
    parameters=[
        OpenApiParameter(
            "environment", str, enum=[one.value for one in Environment], description="That of the token."
        ),
        OpenApiParameter("changed_since", str, description="The `cursor` of the page before."),
    ],
)
VERIFY_SECRET: Final = described(
    "verify_secret",
    "verify",
    summary="Whether a client secret is right",
    description=(
        "`active` is true only while the secret works and the client is active. Whoever uses this keeps no "
        "verifiers, and revoking a secret works at once. Nobody is slowed down for wrong secrets: client ids "
        "are public."
    ),
    answers={(200, _JSON): SecretVerdict},
    refuses=(400, 404, 415),
    request={"application/json": PresentedSecret},
    parameters=[OpenApiParameter("client_id", str, OpenApiParameter.PATH)],
)
APPLIED: Final = described(
    "report_applied",
    "applied",
    summary="Report which version of a client is served",
    description=(
        "Call this when a change has taken effect, with `version` and `updated_at` of the record. The "
        "partner and the reviewers then read since when it is in force. The last report counts. A state in "
        "which the client never was answers 409."
    ),
    answers={(200, _JSON): Applied},
    refuses=(400, 404, 409, 415),
    request={"application/json": ServedState},
    parameters=[OpenApiParameter("client_id", str, OpenApiParameter.PATH)],
)
INVENTORY: Final = described(
    "report_inventory",
    "applied",
    summary="Report all that is served",
    description=(
        f"All clients that the server serves, at most {MOST_CLIENTS}, in place of every report before. Call "
        "this at each start and once an hour: the answer names what differs."
    ),
    answers={(200, _JSON): Differences},
    refuses=(400, 415),
    request={"application/json": WholeInventory},
)
USAGE: Final = described(
    "report_usage",
    "usage",
    summary="Report when clients and secrets were last used",
    description=(
        f"At most {MOST_USES} at a time, once a minute or less often. A use of a secret is one of its "
        "client, too. An earlier use than the stored one changes nothing, so a report may be sent again."
    ),
    answers={(200, _JSON): UsageReceipt},
    refuses=(400, 415),
    request={"application/json": UsageReport},
)
