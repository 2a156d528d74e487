"""Life cycles: what the tables allow, and the words for where a registration stands."""

import pytest

from registrations.domain.lifecycle import (
    CONTACT,
    LACKS_SECRET,
    LIVE_STATUSES,
    OPEN_STATUSES,
    PKCE,
    REGISTRATION,
    REVISION,
    SECRET,
    ContactStatus,
    IllegalMove,
    PkceStatus,
    RegistrationStatus,
    RevisionStatus,
    SecretStatus,
    desk_status,
    shown_status,
    stopping_moves,
)

R, V = RegistrationStatus, RevisionStatus
LIVES = {
    "registration": REGISTRATION,
    "revision": REVISION,
    "secret": SECRET,
    "pkce": PKCE,
    "contact": CONTACT,
}
STATES = {
    "registration": RegistrationStatus,
    "revision": RevisionStatus,
    "secret": SecretStatus,
    "pkce": PkceStatus,
    "contact": ContactStatus,
}


def reachable(life):
    found, before = set(life.starts.values()), set()
    while found != before:
        before = set(found)
        found |= {after for (state, _), after in life.moves.items() if state in before}
    return found


@pytest.mark.parametrize("name", LIVES)
def test_every_state_can_be_reached_from_the_first(name):
    assert reachable(LIVES[name]) == set(STATES[name])


@pytest.mark.parametrize("name", LIVES)
def test_every_move_leads_where_the_table_says_and_no_other_exists(name):
    life = LIVES[name]
    for move in {move for _, move in life.moves}:
        for state in STATES[name]:
            if state in life.sources(move):
                assert life.after(state, move) is life.moves[state, move]
            else:
                with pytest.raises(IllegalMove, match=f"that is {state} does not {move}"):
                    life.after(state, move)


@pytest.mark.parametrize(
    ("name", "final"),
    [
        ("registration", {"closed"}),
        ("revision", {"sent_back", "rejected", "withdrawn", "superseded"}),
        ("secret", {"expired", "lapsed", "revoked"}),
        ("pkce", {"withdrawn", "lapsed", "revoked", "ended", "superseded"}),
        ("contact", {"refused"}),
    ],
)
def test_nothing_leaves_a_final_state(name, final):
    assert LIVES[name].final_states() == final


def test_an_illegal_move_says_what_was_tried():
    with pytest.raises(IllegalMove) as refused:
        SECRET.after(SecretStatus.REVOKED, "reveal")
    assert (refused.value.life, refused.value.state, refused.value.move) == ("secret", "revoked", "reveal")


def test_only_a_closed_registration_takes_no_draft_and_only_approved_ones_live():
    assert set(R) - OPEN_STATUSES == {R.CLOSED}
    assert LIVE_STATUSES < OPEN_STATUSES


@pytest.mark.parametrize(
    ("registration", "newest", "under_review", "has_secret", "key"),
    [
        (R.PENDING, None, False, False, "draft"),
        (R.PENDING, V.UNDER_REVIEW, True, False, "under_review"),
        (R.PENDING, V.SENT_BACK, False, False, "changes_requested"),
        (R.PENDING, V.REJECTED, False, False, "rejected"),
        (R.PENDING, V.WITHDRAWN, False, False, "draft"),
        (R.ACTIVE, V.APPROVED, False, True, "live"),
        (R.ACTIVE, V.APPROVED, False, False, "no_secret"),
        (R.ACTIVE, V.REJECTED, False, True, "live"),
        (R.ACTIVE, V.UNDER_REVIEW, True, True, "live_under_review"),
        (R.ACTIVE, V.UNDER_REVIEW, True, False, "no_secret_under_review"),
        (R.SUSPENDED, V.UNDER_REVIEW, True, True, "suspended"),
        (R.SUSPENDED, V.APPROVED, False, False, "suspended"),
        (R.CLOSED, V.WITHDRAWN, False, False, "closed"),
    ],
)
def test_shown_status_is_what_matters_most_to_people(registration, newest, under_review, has_secret, key):
    shown, words = shown_status(registration, newest, under_review=under_review, has_secret=has_secret)
    assert shown == key
    assert words[0].isupper()
    assert ("no working secret" in words) == (key in LACKS_SECRET)


@pytest.mark.parametrize(("under_review", "key"), [(False, "unrevealed"), (True, "unrevealed_under_review")])
def test_a_client_whose_secret_waits_to_be_revealed_is_not_plainly_live(under_review, key):
    newest = V.UNDER_REVIEW if under_review else V.APPROVED
    facts = {"under_review": under_review, "has_sealed": True}
    shown, words = shown_status(R.ACTIVE, newest, has_secret=False, **facts)
    assert shown == key
    assert key in LACKS_SECRET
    assert words.endswith(", secret not revealed yet")
    assert shown_status(R.ACTIVE, newest, has_secret=True, **facts)[0].startswith("live")


@pytest.mark.parametrize(
    ("registration", "newest", "has_secret", "key"),
    [
        (R.PENDING, V.UNDER_REVIEW, False, "under_review"),
        (R.PENDING, V.WITHDRAWN, False, "withdrawn"),
        (R.PENDING, V.SENT_BACK, False, "changes_requested"),
        (R.ACTIVE, V.UNDER_REVIEW, True, "live_under_review"),
        (R.ACTIVE, V.WITHDRAWN, True, "live"),
        (R.ACTIVE, V.WITHDRAWN, False, "no_secret"),
    ],
)
def test_reviewers_see_no_draft_but_what_was_withdrawn(registration, newest, has_secret, key):
    shown, words = desk_status(registration, newest, has_secret=has_secret)
    assert shown == key
    assert ("Withdrawn" in words) == (key == "withdrawn")


@pytest.mark.parametrize(
    ("stage", "moves"),
    [
        (R.PENDING, {"close"}),
        (R.ACTIVE, {"suspend", "close"}),
        (R.SUSPENDED, {"reinstate", "close"}),
        (R.CLOSED, set()),
    ],
)
def test_staff_can_stop_a_client_in_the_ways_that_are_left(stage, moves):
    assert stopping_moves(stage) == moves
