"""How alike two names look, and that the pieces by which an index finds them miss none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrations.domain.similar_names import Look, compare, is_within, piece_keys, pieces
from registrations.rules.client_names import skeleton


@pytest.mark.parametrize(
    ("one", "other", "look"),
    [
        ("Acme Mobile", "ACME m0bi1e", Look.SAME),
        ("Supplier Sync", "Suplier Sync", Look.NEAR),
        ("Supplier Sync", "Supplier Synch", Look.NEAR),
        ("Supplier Sync", "Suplier Synch", Look.NEAR),
        ("Supplier Sync", "Suppliers Synchs", None),
        ("Supplier Sync", "Supplier Swan", None),
        ("Acme Mobile", "Acme Mobiel", Look.NEAR),
        ("Paylex", "Pyalex", Look.NEAR),
        ("Paylex", "Pyalx", None),
        ("Paylex", "Paylexxa", None),
        ("Tills", "Mills", Look.NEAR),
        ("Till", "Mill", None),
        ("Till", "T1ll", Look.SAME),
        ("Tally", "Ta", None),
    ],
)
def test_names_are_compared(one, other, look):
    assert compare(skeleton(one), skeleton(other)) is look
    assert compare(skeleton(other), skeleton(one)) is look


def edits(one, other):
    """The distance by the book, without any short cut."""
    table = {(at, 0): at for at in range(len(one) + 1)} | {(0, at): at for at in range(len(other) + 1)}
    for at, letter in enumerate(one, 1):
        for to, against in enumerate(other, 1):
            ways = [table[at - 1, to] + 1, table[at, to - 1] + 1, table[at - 1, to - 1] + (letter != against)]
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == against:
                ways.append(table[at - 2, to - 2] + 1)
            table[at, to] = min(ways)
    return table[len(one), len(other)]


NAMES = st.text("abc", max_size=12)


@given(NAMES, NAMES, st.integers(1, 2))
@example("", "", 1)
@example("", "ab", 2)
@example("ab", "ba", 1)
def test_the_distance_is_that_of_the_book(one, other, most):
    assert is_within(one, other, most) == (edits(one, other) <= most)


def slips(name, *, swaps=True):
    """Every name that one slip of the fingers makes."""
    for at in range(len(name)):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + "x" + name[at + 1 :]
        yield name[:at] + "x" + name[at:]
        if swaps:
            yield name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    yield f"{name}x"


def is_found(name, other):
    """Whether a search for the name comes across the other one by its pieces."""
    return any(piece in keys for piece, keys in zip(pieces(other), piece_keys(name), strict=True))


@pytest.mark.parametrize("name", ["paylo", "paylex", "payments", "suppliers", "suppllersync", "a" * 240])
def test_the_pieces_find_every_name_that_one_slip_makes(name):
    for other in set(slips(name)) - {name}:
        if compare(name, other):
            assert is_found(name, other), other
            assert is_found(other, name), other


def test_the_pieces_find_every_name_that_two_slips_without_a_swap_make():
    name = "suppllersync"
    twice = {other for once in slips(name, swaps=False) for other in slips(once, swaps=False)} - {name}
    assert {other for other in twice if compare(name, other) and not is_found(name, other)} == set()


@pytest.mark.parametrize("name", ["", "till"])
def test_a_short_name_has_no_pieces(name):
    assert pieces(name) == ("", "", "")
    assert not any(piece_keys(name))


def test_no_piece_is_longer_than_its_column():
    assert max(map(len, pieces("a" * 240))) == 84
