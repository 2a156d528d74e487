"""Who may not decide hears just that, in whatever state the registration is."""

import pytest

from portal.refusals import NotAllowed
from registrations.workflow import client, review
from tests.support.just_signed_in import approve
from tests.support.registrations import approved


@pytest.mark.parametrize("verb", [approve, review.reject, review.request_changes])
def test_the_state_is_no_answer_to_who_may_not_ask(partner, stranger, reviewer, verb):
    registration = approved(partner, reviewer)
    client.close(registration.uuid, by=partner)
    with pytest.raises(NotAllowed):
        verb(registration.uuid, by=stranger, seen_version=1, note="Mine.")
