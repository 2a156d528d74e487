"""What the schema says is what the API does."""

import json
from contextlib import contextmanager

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.security import PortalHandler
from registrations.domain.api_rights import ABOUT, Right
from registrations.workflow import feed
from tests.api.calling import a_token
from tests.pages.elements import elements
from tests.support.people import lead, partner
from tests.support.registrations import excepted
from tests.support.scale import times

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 250


@contextmanager
def one_connection():
    """The calls are made in the transaction of the test, as Django's own test client makes them."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def operations():
    load_all_checks()
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", PortalHandler())
    return [found.ok() for found in schema.get_all_operations()]


def test_no_call_fails_or_answers_what_the_schema_does_not_say():
    registration, token = excepted(partner(), lead()), a_token(*Right)
    feed.assign_due()
    ids, tokens = st.sampled_from([None, str(registration.client_id)]), st.sampled_from([token, token, "x"])
    for operation in operations():

        @settings(max_examples=times(EXAMPLES), database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(), client_id=ids, token=tokens)
        def call(case, client_id, token):
            if client_id and "client_id" in case.path_parameters:
                case.path_parameters["client_id"] = client_id
            answer = case.call(headers={"Authorization": f"Bearer {token}", "Host": "testserver"})
            case.validate_response(answer, checks=CHECKS)

        with one_connection():
            call()


def test_the_schema_is_of_openapi_and_each_operation_needs_a_token(client):
    answer = client.get("/api/v1/schema/")
    found = json.loads(answer.content)
    assert found["openapi"].startswith("3.1.")
    assert found["servers"] == [{"url": "https://testserver"}]
    operations = [one for path in found["paths"].values() for one in path.values()]
    assert len(operations) >= 3
    assert all(one["security"] == [{"token": []}] for one in operations)
    assert {one["x-right"] for one in operations} <= set(ABOUT)


def test_people_read_the_same_without_an_account(client):
    page = client.get("/api/docs/").text
    assert "/api/v1/clients/{client_id}/verify-secret" in page
    assert "pkce_exception_expires_on" in page
    ids = {element.get("id") for element in elements(page)}
    assert {"invalid", "start-from-nothing", "verify_secret"} <= ids
