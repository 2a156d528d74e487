"""Clients that are older than the portal."""

import hashlib
import json

from django.utils import timezone

from registrations.domain.adoption import older_client
from registrations.models import Registration
from registrations.workflow import adoption

CLIENT_ID = "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d"  # a UUID of version 1
SECRET, OLD_SECRET = "as it was before", "as it was long before"


def verifier(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


LINE = {
    "client_id": CLIENT_ID,
    "client_id_issued_at": 1_700_000_000,
    "client_name": "Old Ledger",
    "client_uri": "https://ledger.example/",
    "tos_uri": "https://ledger.example/terms",
    "policy_uri": "https://ledger.example/privacy",
    "contacts": ["name.surname@ledger.example"],
    "redirect_uris": ["https://ledger.example/callback", "https://ledger.example/other"],
    "scope": "test:test users:read",
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "environment": "production",
    "pkce_required": True,
    "organisation": "Client Ltd",
    "client_secrets": [{"verifier": verifier(SECRET)}],
}


def adopt(**changes):
    """The client of a line, as the command adopts it."""
    older = older_client(json.dumps(LINE | changes), now=timezone.now())
    adoption.adopt(older, adoption.Catalogue.read())
    return Registration.objects.get(client_id=older.client_id)
