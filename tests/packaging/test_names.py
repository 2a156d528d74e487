"""Names that were given up for plainer ones stay away: of files, in the code, and of CSS classes.

Migrations and what is stored keep their spellings.
"""

import io
import re
import tokenize

import pytest

from tests.packaging.surroundings import ROOT

FILES = {
    *("asked", "asked_back", "buttons", "claims", "client_letters", "conversation", "doors", "lettering"),
    *("letter", "letter_preview", "letterbox", "letters", "life", "life_forms", "near_duplicates"),
    *("plain_words", "presses", "questions", "rounds", "route", "routes", "standing", "suspicion", "talk"),
    *("talking", "turns", "typed", "uri_marks", "ways"),
}
"""Stems, without what comes before a subject in the name of a test or of a part of a page."""
IDENTIFIERS = {
    *("Asked", "Conversation", "KeptLetter", "Standing", "TalkForm", "Told", "Typed", "Way", "World"),
    *("_tell", "_told", "asked_of", "claim_as_partner", "claim_for_desk", "claim_for_pkce"),
    *("claim_for_reassigning", "claim_for_review", "claim_to_suspend", "conversations", "conversations_of"),
    *("lettering", "mind_claim", "mind_second_person", "near_duplicates", "plain_words"),
    *("pressed", "questions_of", "standing", "still_asked", "talk", "told", "typed_from", "uri_marks"),
    *("with_conversations", "with_standing", "world_of_rules"),
}
CSS_CLASSES = {
    *("asked-back", "asked-title", "asked-wrong", "conversation", "desk-letter", "desk-question"),
    *("desk-talk", "letter", "question", "question-reason", "questions"),
}
ROOMS = ("bench", "bin", "deploy", "portal", "registrations", "static", "templates", "tests")


def files(*endings):
    """Those that people write, wherever they lie."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in endings and not {"migrations", "vendor", "vectors"} & set(path.parts):
                yield path


def names_in(path):
    with tokenize.open(path) as source:
        tokens = tokenize.generate_tokens(io.StringIO(source.read()).readline)
        return {token.string for token in tokens if token.type == tokenize.NAME}


def classes_in(path):
    text = path.read_text()
    if path.suffix == ".css":
        return set(re.findall(r"\.([a-z][\w-]*)", text))
    return {name for listed in re.findall(r'class="([^"]*)"', text) for name in listed.split()}


def test_pages_say_email_without_a_hyphen():
    sources = [path for path in files(".py", ".html", ".txt", ".js") if "tests" not in path.parts]
    hyphened = [path.name for path in sources if re.search(r"\be-mail", path.read_text(), re.IGNORECASE)]
    assert hyphened == ["search.py"], "people search for it in both spellings"


def test_no_file_has_a_name_that_was_given_up():
    stems = {path: path.name.partition(".")[0] for path in files(".py", ".html", ".txt", ".css", ".js")}
    assert [path for path, stem in stems.items() if re.sub("^(_|test_)", "", stem) in FILES] == []


@pytest.mark.parametrize(
    ("endings", "names", "given_up"),
    [((".py",), names_in, IDENTIFIERS), ((".html", ".css"), classes_in, CSS_CLASSES)],
    ids=["identifiers", "classes"],
)
def test_no_name_that_was_given_up_is_used(endings, names, given_up):
    used = {str(path.relative_to(ROOT)): names(path) & given_up for path in files(*endings)}
    assert {path: sorted(found) for path, found in used.items() if found} == {}
