"""What a registration for production takes over from a live record in staging."""

from dataclasses import replace

from registrations.rules.metadata import Metadata
from registrations.workflow.promoting import for_production

OWN, LOCAL = "https://client.example/callback", "http://127.0.0.1:8000/callback"
LOCAL_TLS, POSTMAN = "https://localhost/callback", "https://oauth.pstmn.io/v1/callback"
STAGING = Metadata(
    client_name="Example Client",
    environment="staging",
    redirect_uris=(LOCAL, OWN, LOCAL_TLS, POSTMAN),
    scope=("users:read", "users:write"),
    scope_reasons=(("users:write", "To add."),),
    confidential=True,
)


def test_addresses_for_development_are_left_out_and_named_and_the_rest_stays():
    record, left_out = for_production(STAGING)
    assert left_out == (LOCAL, LOCAL_TLS, POSTMAN)
    assert record == replace(STAGING, environment="production", redirect_uris=(OWN,))


def test_where_nothing_is_left_the_draft_has_no_address_yet():
    record, left_out = for_production(replace(STAGING, redirect_uris=(LOCAL,)))
    assert (record.redirect_uris, left_out) == ((), (LOCAL,))
