"""Real names and the rules about names: no word and no firm is told to rename itself."""

from pathlib import Path
from random import Random

import pytest

from registrations.rules import accounts, client_names
from tests.support import needs
from tests.support.scale import times

WORDS = Path("/usr/share/dict/words")
FORMS = (
    "ApS;A/S;GmbH;GmbH & Co. KG;AG;Ltd;Ltd.;PLC;LLC;Inc.;Corp.;AB;AS;Oy;BV;NV;SARL;SAS;S.p.A.;S.r.l.;SL;"
    "Sp. z o.o."
)
SHAPES = ("{a}", "{a} {b}", "{a}{b}", "{a} & {b}", "{a}-{b}", "{a} {b} {c}", "{a} of {b}", "The {a} {b}")
FIRMS = 100_000
MOST_WARNINGS = 0.001
"""Of firms: those called Approved, Trusted or Admin."""


@pytest.fixture(scope="module")
def words():
    if not WORDS.exists():
        needs.missing("the word list of Debian's package wamerican")
    return [word for word in WORDS.read_text("utf-8").splitlines() if len(word) > 1]


def rejections_and_warnings(names):
    found = {name: client_names.check(name) for name in names}
    rejected = [name for name, findings in found.items() if any(one.rejects for one in findings)]
    return rejected, [name for name, findings in found.items() if findings and name not in rejected]


def firms(words, number):
    chance, forms = Random(2026), FORMS.split(";")
    plain = [word for word in words if word.isalpha()]
    for _ in range(number):
        a, b, c = (word.title() for word in chance.choices(plain, k=3))
        yield f"{chance.choice(SHAPES).format(a=a, b=b, c=c)} {chance.choice(forms)}"


def test_no_word_of_the_language_is_refused(words):
    rejected, warned = rejections_and_warnings(words)
    assert rejected == []
    assert len(warned) <= 20
    assert len(words) > 10_000


def test_no_firm_is_refused(words):
    names = [name for name in firms(words, times(FIRMS)) if len(name) <= 80]
    rejected, warned = rejections_and_warnings(names)
    assert [name for name in rejected if "pleo" not in name.lower()] == []
    assert len(warned) <= MOST_WARNINGS * len(names)
    assert [name for name in names if accounts.name_problem(name) and "pleo" not in name.lower()] == []


def test_firms_that_differ_in_more_than_the_legal_form_rarely_look_alike(words):
    names = {name.casefold(): name for name in firms(words, times(FIRMS))}
    skeletons = {accounts.skeleton(name) for name in names.values()}
    assert len(skeletons) > 0.9 * len(names)
