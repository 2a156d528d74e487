"""Answers to reviewers' comments, as a draft holds them."""

from uuid import UUID

from registrations.queries.comments import answers_of

THREAD = "0a1b2c3d-0000-4000-8000-000000000001"


def test_answers_are_kept_by_thread_and_blank_ones_are_none():
    answers = {THREAD: " Yes. ", "no thread": "Yes.", THREAD.replace("1b", "1c"): " "}
    assert answers_of({"answers": answers}) == {UUID(THREAD): "Yes."}
    assert answers_of({"answers": "odd"}) == answers_of({}) == {}
