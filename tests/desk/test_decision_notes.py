"""What becomes of a note and prepared wordings."""

from registrations.admin.review.decision_notes import compose

WORDINGS = {"logo": "Use a logo of\nyour own.", "terms": "Mend the link."}


def composed(typed, *chosen, before=()):
    return compose(typed, WORDINGS, chosen=chosen, before=before)


def test_wordings_follow_what_was_typed_in_the_order_of_choice():
    assert composed(" Hello. ", "terms", "logo") == "Hello.\n\nMend the link.\n\nUse a logo of\nyour own."
    assert composed("", "terms") == "Mend the link."
    assert composed("Hello.") == "Hello."


def test_a_wording_is_put_in_once_even_if_it_was_edited_since():
    edited = "Please mend the link soon."
    assert composed(edited, "terms", before=["terms"]) == edited


def test_a_reason_that_is_chosen_no_longer_takes_its_wording_along():
    note = "Hello.\r\n\r\nUse a logo of\r\nyour own.\r\n\r\nMend the link."
    assert composed(note, "terms", before=["logo", "terms"]) == "Hello.\n\nMend the link."
    assert composed("Mend the link.", before=["terms"]) == ""


def test_an_edited_wording_stays_when_its_reason_goes():
    assert composed("Mend that link.", before=["terms"]) == "Mend that link."


def test_a_reason_that_is_gone_from_the_catalogue_leaves_the_note_alone():
    assert composed("Mend the link.", before=["moon"]) == "Mend the link."
