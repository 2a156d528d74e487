"""Authorization servers of the tests: their tokens, and their calls."""

from uuid import uuid4

from django.utils import timezone

from registrations import api_tokens
from registrations.client_secrets import verifier_of
from registrations.domain.api_rights import Right
from registrations.models import ApiToken, RedirectUri, Registration, RequestedScope, Revision
from registrations.queries import client_records
from registrations.workflow.api_tokens import create

VERIFYING = "verify.portal.example"

READS = (Right.READ, Right.VERIFIERS, Right.VERIFY)


def a_token(*rights, environment="staging", server="login.portal.example", days=30):
    """A new token in clear; with every right of a reader unless told otherwise."""
    _, text = create(
        server,
        by=None,
        signed_in_at=timezone.now(),
        environment=environment,
        rights=set(rights or READS),
        days=days,
    )
    return text


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def read(client, token, registration):
    """The answer about one client."""
    return client.get(f"/api/v1/clients/{registration.client_id}", headers=bearer(token))


def verify(client, token, registration, secret):
    address = f"/api/v1/clients/{registration.client_id}/verify-secret"
    body = {"client_secret": secret}
    return client.post(address, body, content_type="application/json", headers=bearer(token))


def verifies(client_id, text):
    """Whether the text is a secret that works for the client now."""
    environment = Registration.objects.get(client_id=client_id).environment
    ApiToken.objects.filter(server=VERIFYING).delete()
    hashes = api_tokens.hashes_of(a_token(Right.VERIFY, server=VERIFYING, environment=environment))
    _, verdict = client_records.verify(hashes, str(client_id), verifier_of(text))
    return verdict.active


def page(client, token, cursor=""):
    """One page of the feed, as the answer's document."""
    query = {"changed_since": cursor} if cursor else {}
    return client.get("/api/v1/clients", query, headers=bearer(token)).json()


def copies(registration, count):
    """So many live clients like this one, made as plain rows."""
    live = registration.revisions.get()
    uris, scopes = list(live.redirect_uris.all()), list(live.requested_scopes.all())
    more = [row_like(registration, client_id=uuid4()) for _ in range(count)]
    Registration.objects.bulk_create(more)
    revisions = [row_like(live, registration=one) for one in more]
    Revision.objects.bulk_create(revisions)
    for model, children in ((RedirectUri, uris), (RequestedScope, scopes)):
        rows = [row_like(child, revision=one) for child in children for one in revisions]
        model.objects.bulk_create(rows)


def row_like(row, **changes):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    fields.pop("id")
    if "uuid" in fields:
        fields["uuid"] = uuid4()
    for name in [name for name in changes if f"{name}_id" in fields]:
        fields.pop(f"{name}_id")
    return type(row)(**fields | changes)
