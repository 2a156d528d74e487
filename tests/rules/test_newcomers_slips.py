"""What a newcomer reads after a slip of hand: the words, and what is offered instead."""

import pytest

from registrations.rules import redirect_uris


def told(uri):
    """Rule, message and suggestion of what is found first."""
    finding = redirect_uris.check(uri)[0]
    return finding.rule, finding.message, finding.suggestion


class TestSeveralAddressesInOneEntry:
    @pytest.mark.parametrize(
        ("gap", "rule"),
        [(" ", "R-03"), ("\t", "R-02"), ("\n", "R-02"), (", ", "R-03"), ("; ", "R-03"), ("\u00a0", "R-03")],
    )
    def test_each_goes_on_a_line_of_its_own(self, gap, rule):
        named, message, offered = told(f"https://a.example/cb{gap}HTTP://localhost/cb")
        assert (named, offered) == (rule, None)
        assert message.endswith("put each one on a line of its own.")

    @pytest.mark.parametrize(
        "uri",
        [" https://a.example/cb", "https://a.example/c b", "https://a.example/c b?to=https://b.example"],
    )
    def test_one_address_with_a_blank_is_one_address(self, uri):
        assert "line of its own" not in told(uri)[1]
