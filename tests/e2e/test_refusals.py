"""What the record does not grant, the server refuses."""

import pytest
from django.utils import timezone

from registrations.workflow import review
from tests.e2e.conftest import GRANTED
from tests.support.registrations import again, excepted, reveal, revealed, submitted

WITHOUT_PKCE = {"challenge": "none"}
REFUSED = {
    "redirect URI wrong by one character": (
        {"redirect_uri": "https://client.example/callbacK"},
        "invalid_redirect_uri",
    ),
    "redirect URI that a browser takes for the same": (
        {"redirect_uri": "https://CLIENT.example/callback"},
        "invalid_redirect_uri",
    ),
    "scope that was asked for and not granted": ({"scope": "users:write"}, "invalid_scope"),
    "plain challenge": ({"challenge": "plain"}, "invalid_request"),
    "no challenge": (WITHOUT_PKCE, "invalid_request"),
    "wrong secret": ({"client_secret": "0" * 64}, "invalid_client"),
}
LASTS = 90
"""Days from today to the last one of the exception."""


def test_what_is_not_granted_is_refused(connect, partner, reviewer):
    registration = submitted(partner)
    review.approve(
        registration.uuid,
        by=reviewer,
        seen_version=1,
        granted=["users:read"],
        signed_in_at=timezone.now(),
    )
    registration, secret = again(registration), reveal(registration, partner)
    elsewhere, its_secret = revealed(partner, reviewer, client_name="Example Live", environment="production")
    partner_client = connect()
    assert partner_client.authorize(registration, secret) == GRANTED
    said = {
        what: partner_client.authorize(registration, secret, **changes)["refused"]
        for what, (changes, _) in REFUSED.items()
    }
    assert said == {what: error for what, (_, error) in REFUSED.items()}
    assert partner_client.authorize(elsewhere, its_secret)["refused"] == "invalid_client"


@pytest.mark.parametrize(("days_ahead", "is_over"), [(0, False), (LASTS, False), (LASTS + 1, True)])
def test_an_exception_ends_with_its_last_day(connect, partner, lead, days_ahead, is_over):
    """The server knows the day. It is ahead of the portal, which has not recorded the lapse."""
    registration = excepted(partner, lead, days=LASTS)
    secret = reveal(registration, partner)
    partner_client = connect(days_ahead=days_ahead)
    without = partner_client.authorize(registration, secret, **WITHOUT_PKCE)
    assert without.get("refused") == "invalid_request" if is_over else without == GRANTED
    assert partner_client.authorize(registration, secret, challenge="plain")["refused"] == "invalid_request"
    assert partner_client.authorize(registration, secret) == GRANTED
