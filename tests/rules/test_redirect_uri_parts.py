"""Section 1 of the rules on paths, queries, notes, waived rules and whole lists."""

import pytest

from registrations.rules import redirect_uris
from registrations.rules.findings import Severity
from tests.rules.asking import GOOD, rules


class TestPath:
    @pytest.mark.parametrize(
        "path", ["..;/cb", "%2e%2e;foo=bar/cb", "..%3Bfoo/cb", ".;/cb", "%2E./", "a/%2e"]
    )
    def test_hidden_dot_segments_are_refused(self, path):
        assert rules(f"https://client.example/{path}") == ["R-31"]

    @pytest.mark.parametrize(
        "path", ["%C0%AF", "%ED%A0%80", "%E2%28%A1", "%FF", "%C3", "a%252Fb", "%5c", "%1f", "%7F"]
    )
    def test_escapes_that_servers_read_differently_are_refused(self, path):
        assert rules(f"https://client.example/{path}") == ["R-32"]

    @pytest.mark.parametrize("query", ["x=%FF", "x=%0a", "x=%7f", "x=%C2%85"])
    def test_encoded_controls_in_a_query_are_refused(self, query):
        assert rules(f"https://client.example/cb?{query}") == ["R-32"]

    @pytest.mark.parametrize(
        "path", ["cb%25", "100%25/cb", "a.b/c..d/.../e", "%F0%9F%A6%84", "%2B", ";v=1/cb", "https"]
    )
    def test_ordinary_paths_pass(self, path):
        assert rules(f"https://client.example/{path}") == []

    @pytest.mark.parametrize(
        "tail", ["HTTP://b.example", ",https://b.example", "ahttps://", "x/y;https://b.example"]
    )
    def test_glued_addresses_are_parted(self, tail):
        assert rules(f"https://client.example/cb{tail}") == ["R-34"]

    @pytest.mark.parametrize(
        "path",
        [
            "to/ftp://b.example/",
            "to/https://b.example/",
            "http://localhost:3000/callback",
            "HTTPS://b.example",
            "http:/localhost:3000/cb",
            "proxy/https:/b.example/cb",
            "to/myapp://cb",
            "to/https%3A//b.example/cb",
            "to/%68ttp:/b.example/cb",
        ],
    )
    def test_an_address_inside_the_path_is_where_it_forwards(self, path):
        assert rules(f"https://client.example/{path}")[0] == "R-58"

    @pytest.mark.parametrize(
        "path",
        ["https:443/cb", "http/cb", "v1/things:run/cb", "c:/cb", "urn:a:b", "to/b.example/cb", "a:b/http:x"],
    )
    def test_a_colon_alone_forwards_nowhere(self, path):
        assert rules(f"https://client.example/{path}") == []


class TestQuery:
    @pytest.mark.parametrize(
        "query", ["CODE=1", "+state=1", "%20state=1", "a=1;iss=x", "%63%6fde", "Id_Token=", "x&response"]
    )
    def test_reserved_parameters_are_refused(self, query):
        assert rules(f"https://client.example/cb?{query}") == ["R-33"]

    @pytest.mark.parametrize("query", ["codes=1", "x=code", "mycode", "scope=a", "error.code=1"])
    def test_other_parameters_are_kept(self, query):
        assert rules(f"https://client.example/cb?{query}") == []

    @pytest.mark.parametrize(
        "value",
        ["//a", "%2F%2Fa", "https:a", "HTTPS://a", "myapp://x", "%20//a", "%5C%5Ca", "/%5Ca"]
        + ["http%3A%2Fa", "%252F%252Fa", "https%253A%252F%252Fa"],
    )
    def test_addresses_in_values_are_noted(self, value):
        assert "R-58" in rules(f"https://client.example/cb?next={value}")
        assert "R-58" in rules(f"https://client.example/cb?{value}")

    @pytest.mark.parametrize(
        "value", ["/settings", "http", "12:30", "httpsonly", "a//b", "b.example", "%2Fcb"]
    )
    def test_values_that_are_no_address_pass(self, value):
        assert rules(f"https://client.example/cb?next={value}") == []


class TestNotes:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [
            ("https://client.example/changeme", "R-60"),
            ("https://client.example/REPLACE_ME/cb", "R-60"),
            ("https://client.example/cb?tenant=change_me", "R-60"),
            ("https://client.example/:tenant/cb", "R-60"),
            ("https://client.example/%3Atenant/cb", "R-60"),
            ("https://client.example/cb?tenant=YOUR_TENANT", "R-60"),
            ("https://client.example/cb%20", "R-65"),
            ("https://client.example/cb?x=a%20", "R-65"),
            ("https://client.example/%E2%80%8Bcb", "R-65"),
            ("https://client.example/%EF%B8%8Fcb", "R-65"),
            ("https://client.example/%E3%85%A4cb", "R-65"),
            ("https://client.example/%C3%a9", "R-67"),
            ("https://client.example/%41", "R-67"),
            ("https://client.example/cb?x='a", "R-67"),
            ("https://client.example:443/cb", "R-68"),
            ("https://ngrok.io/cb", "R-56"),
            ("https://client.example", "R-50"),
            ("https://bit.ly/cb", "R-66"),
            ("https://www.jwt.io/cb", "R-57"),
            ("https://herokuapp.com/cb", "R-55"),
            ("https://github.io/cb", "R-62"),
        ],
    )
    def test_odd_addresses_are_noted_and_pass(self, uri, rule):
        findings = redirect_uris.check(uri)
        assert findings[0].rule == rule
        assert all(finding.severity is Severity.WARN for finding in findings)

    @pytest.mark.parametrize(
        "uri", ["https://temple.example/cb", "https://simpleo.example/cb", "https://example.com/a'b"]
    )
    def test_honest_addresses_carry_no_note(self, uri):
        assert rules(uri) == []

    def test_other_port_of_the_other_scheme_is_no_default_port(self):
        assert rules("http://localhost:443/cb") == []

    @pytest.mark.parametrize(
        "uri",
        [
            "https://client.example/callback/",
            "https://client.example:8443/callback",
            "https://client.example/CALLBACK",
        ],
    )
    def test_similar_uris_are_noted(self, uri):
        assert rules(uri, existing=[GOOD]) == ["R-51"]
        said = redirect_uris.check(uri, existing=["https://other.example/cb", GOOD])[0].message
        assert said.startswith(f"{GOOD} and {uri} are almost the same.")

    def test_a_similar_uri_may_differ_in_several_ways(self):
        other = "https://client.example/CB/?B=1&a=2"
        assert rules(other, existing=["https://client.example:8443/cb?a=2&b=1"]) == ["R-51"]

    @pytest.mark.parametrize(
        ("uri", "listed"),
        [
            ("http://localhost:3001/cb", "http://localhost:3000/cb"),
            ("http://127.0.0.1:8080/cb", "http://127.0.0.1:8000/cb"),
            ("http://[::1]:3000/cb", "http://[::1]/cb"),
            ("https://localhost:8443/cb", "https://localhost/cb"),
            ("http://127.0.0.1:3000/cb", "http://localhost:3000/cb"),
            ("http://[::1]:3000/cb", "http://127.0.0.1:3000/cb"),
            ("https://localhost:3000/cb", "http://localhost:3000/cb"),
        ],
    )
    def test_another_port_or_name_of_the_own_machine_is_another_address(self, uri, listed):
        assert rules(uri, existing=[listed]) == []

    @pytest.mark.parametrize(
        ("uri", "listed"),
        [
            ("http://localhost:3000/cb/", "http://localhost:3000/cb"),
            ("http://127.0.0.1:3000/CB", "http://127.0.0.1:3000/cb"),
            ("http://[::1]:3000/cb?b=1&a=2", "http://[::1]:3000/cb?a=2&b=1"),
            ("http://localhost/cb", "http://localhost:80/cb"),
        ],
    )
    def test_the_same_port_of_the_own_machine_may_be_listed_twice(self, uri, listed):
        assert rules(uri, existing=[listed]) == ["R-51"]

    def test_different_uris_are_not_similar(self):
        assert (
            rules(
                GOOD,
                existing=["https://client.example/other", "not an address", "http://client.example/callback"],
            )
            == []
        )

    def test_shared_tools_are_noted_only_in_production(self):
        assert rules("https://hoppscotch.io/oauth") == []
        assert rules("https://hoppscotch.io/oauth", environment="production") == ["R-63"]
        assert rules(GOOD, environment="production") == []


class TestWaived:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [("https://co.uk/cb", "R-29"), ("https://pleo.io/cb", "R-36"), ("https://xn--a.com/cb", "R-37")],
    )
    def test_a_reviewer_can_be_asked(self, uri, rule):
        assert rules(uri) == [rule]
        assert rule not in rules(uri, waived={rule})
        assert rule not in rules(uri, waived={(rule, uri)})
        assert rules(uri, waived={(rule, GOOD)}) == [rule]

    def test_a_waived_rule_hides_no_later_one(self):
        assert rules("https://co.uk/../cb", waived={"R-29"}) == ["R-31"]
        assert rules("https://xn--a.PLEO.io/../", waived={"R-37", "R-36"}) == ["R-30"]

    def test_no_other_rule_can_be_waived(self):
        assert rules("https://client.test/cb", waived={"R-28"}) == ["R-28"]


class TestList:
    def test_every_entry_is_checked_and_placed(self):
        findings = redirect_uris.check_all([GOOD, "", GOOD, "https://client.example/callback/"])
        assert [(f.index, f.rule, f.field) for f in findings] == [
            (1, "R-01", "redirect_uris"),
            (2, "R-35", "redirect_uris"),
            (3, "R-51", "redirect_uris"),
        ]

    def test_no_entry_is_one_too_few(self):
        [finding] = redirect_uris.check_all([])
        assert (finding.rule, finding.index) == ("R-01", None)
        assert finding.message.startswith("Enter a redirect URI")

    def test_twenty_entries_fit_and_one_more_does_not(self):
        uris = [f"https://client.example/cb{n}" for n in range(21)]
        assert redirect_uris.check_all(uris[:20]) == []
        assert [(f.rule, f.index) for f in redirect_uris.check_all(uris)] == [("R-34", None)]

    def test_environment_counts_for_every_entry(self):
        findings = redirect_uris.check_all(
            ["http://localhost/a", "http://localhost/b"], environment="production"
        )
        assert [(f.rule, f.index) for f in findings] == [("R-64", 0), ("R-64", 1)]

    def test_waiving_names_the_entry(self):
        uris = ["https://co.uk/cb", "https://com.au/cb"]
        findings = redirect_uris.check_all(uris, waived={("R-29", uris[0])})
        assert [(f.rule, f.index) for f in findings] == [("R-29", 1)]
