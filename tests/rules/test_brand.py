"""Pleo in any dress: rules N-05 and N-06."""

import pytest
from confusable_homoglyphs.confusables import confusables_data
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.rules import client_names
from registrations.rules.client_names import brand_verdict
from registrations.rules.findings import Severity
from tests.support.scale import times


@pytest.mark.parametrize(
    "name",
    [
        "PLeo",
        "pLeO",
        "PlEo",
        "PLEOsync",
        "MyPLeo",
        "XPleo",
        "mypleosync",
        "toPleo",
        "acmeforpleo",
        "xero2pleo",
        "acme|pleo",
        "Pleo!",
        "P!eo",
        "Pleo365",
        "365Pleo",
        "Pleo's ledger",
        "PLEO\u2122",
        "Pleo\u00ae",
        "pleo-sync",
        "getpleo",
        "heypleo",
        "withPleo",
        "pleopayments",
        "PleoApp",
        "pleossoApp",
        "P L E O",
        "P-L-E-O",
        "p_l_e_o",
        "Acme P.L.E.O. App",
        "P L E O 2 Xero",
        "Ple\u2092",
        "PIeo",
        "p1eo",
        "\U0001f15f\U0001f15b\U0001f154\U0001f15e",
        "\U0001f1f5\U0001f1f1\U0001f1ea\U0001f1f4",
        "Ple\u25cb",
        "\uff4d\uff59\uff50\uff4c\uff45\uff4f",
        "Plě\u0301o",
        "P\u20dfleo",
        "\ua4d1\ua4e1\ua4f0\ua4f3",
        "\u13e2\u13de\u13acO",
        "p130",
        "\u24ab\u24a7\u24a0\u24aa",
        "Acme for \U0001f11f\U0001f11b\U0001f114\U0001f11e",
        "\u24ableo",
        "P\u4e28eo",
        "Ple\u53e3",
        "Pl\u278co",
        "\u20bdleo",
        "PL\u039eO",
        "Pleo\u02bcs Sync",
        "unofficialpleo",
        "letspleo",
        "pleodemo",
    ],
)
def test_disguised_brand_is_refused(name):
    assert brand_verdict(name) is Severity.REJECT


@pytest.mark.parametrize(
    "name",
    [
        "Pl.eo",
        "Pl-eo",
        "Pl-eo Sync",
        "Pl eosync",
        "P. Leo & Sons",
        "P Leos",
        "Pleomax",
        "pleonasm",
        "pleomorphic",
        "Pleochroic",
        "pleopod",
        "PLE0",
        "PL30 Printer",
        "P1EO",
        "mp130",
        "Empleo",
        "Expleo",
        "zpleox",
        "\u041f\u043b\u0435\u043e",
        "\u03a0\u03bb\u03b5\u03bf",
        "\u041fleo",
        "\ud50c\ub808\uc624",
        "\u067e\u0644\u200c\u06cc\u0648",
        "\u092a\u094d\u200d\u0932\u0947\u0913",
        "PleOra",
        "Pleonard",
        "Pl\u02bceo",
        "Ple\u0640o",
        "Repleo",
        "Unpleo",
        "Xpleo",
        "ipleo",
        "gopleo",
        "Topleo",
        "Bypleo",
        "Apleona",
        "Apl\u00e9ona",
        "Atpleon",
        "Mypleon",
        "Academypleo",
        "Getpleona",
        "Withpleonard",
        "toPleon",
        "to-pleona",
        "APLEONA",
    ],
)
def test_what_may_be_the_brand_is_left_to_a_reviewer(name):
    assert brand_verdict(name) is Severity.WARN
    assert "N-06" in [finding.rule for finding in client_names.check(name)]


@pytest.mark.parametrize(
    "name",
    [
        "TripleO",
        "Triple O",
        "Temple Operations",
        "Simpleo",
        "peopleops",
        "appleoauth",
        "sampleorders",
        "applE0",
        "multipleowners",
        "purpleorange",
        "AppLeo",
        "TopLeo",
        "S I M P L E O",
        "P. Leonard",
        "Ple Operations",
        "Constantinopleo",
        "PIEO",
        "Simple0",
        "couple0f",
        "thermocoupleoven",
        "Leo P",
        "Pole",
        "Polaroid P, L & E",
        "Cripple Oak",
        "Tuple One",
        "Steeple-Organ",
        "Apple\u30ed\u30b4",
        "principleone",
        "tipple.org".replace(".", " "),
        "E-P-L-O",
        "Café P",
    ],
)
def test_innocent_name_carries_no_brand(name):
    assert brand_verdict(name) is None


@pytest.mark.parametrize("name", ["Empleo", "Expleo", "TripleO", "Temple Operations", "Simpleo"])
def test_names_that_only_sound_alike_can_be_registered(name):
    assert not any(found.rejects for found in client_names.check(name))


LOOKS = {
    letter: [letter, letter.upper()]
    + sorted(
        {
            known["c"].strip("\u200e")
            for form in (letter, letter.upper())
            for known in confusables_data[form]
            if len(known["c"].strip("\u200e")) == 1
        }
        - {"I"}
    )
    for letter in "pleo"
}


@pytest.mark.parametrize("letter", "pleo")
def test_every_confusable_of_a_letter_is_caught(letter):
    missed = [
        sign
        for sign in LOOKS[letter]
        if brand_verdict("Pleo".replace("P", "p").replace(letter, sign)) is None
    ]
    assert missed == []


@st.composite
def disguises(draw):
    """The brand in look-alike letters, with at most one mark a letter and the same gap throughout."""
    mark = draw(st.sampled_from(["", "\u0301", "\u0336", "\u034f", "\u20dd"]))
    gap = draw(st.sampled_from(["", "", " ", "  ", ".", "-", "_", "\u00b7", "/"]))
    letters = [draw(st.sampled_from(LOOKS[letter])) + mark for letter in "pleo"]
    around = draw(st.sampled_from(["{}", "{} App", "Acme {}", "({})", "Acme for {}", "\u201e{}\u201c"]))
    return around.format(gap.join(letters))


@settings(max_examples=times(20_000))
@given(disguises())
def test_every_disguise_is_refused_or_left_to_a_reviewer(name):
    assert brand_verdict(name) is not None


@settings(max_examples=times(5_000))
@given(st.sampled_from(["Pleo", "PleoSync", "pleo"]), st.lists(st.booleans(), min_size=8, max_size=8))
def test_no_choice_of_case_hides_the_brand(name, capitals):
    written = "".join(
        letter.upper() if capital else letter.lower() for letter, capital in zip(name, capitals, strict=False)
    )
    assert brand_verdict(written) is not None


@given(st.integers(1, 3), st.sampled_from([" ", "-", ".", "\u2013", "'", "\u2009"]))
def test_a_brand_cut_once_is_left_to_a_reviewer(cut, gap):
    assert brand_verdict("Pleo"[:cut] + gap + "Pleo"[cut:]) is not None


@pytest.mark.parametrize("name", ["Ple o", "P. Leo & Sons"])
def test_what_follows_a_cut_brand_does_not_hide_it(name):
    assert brand_verdict(f"{name} for you now") is brand_verdict(name) is Severity.WARN


@given(st.text())
def test_no_text_raises(text):
    brand_verdict(text)
