"""Which of section 1's rules speaks first, and what it says and suggests."""

import pytest

from registrations.rules import redirect_uris
from registrations.rules.vocabulary import Environment
from tests.rules.asking import rules, suggestion


class TestOrder:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [
            ("\t https://*", "R-02"),
            (" é", "R-03"),
            ("é" * 3000, "R-04"),
            ("https://*/" + "a" * 3000, "R-05"),
            ("https://*.{x}\\", "R-06"),
            ("https://{x}\\", "R-07"),
            ('https://\\"', "R-08"),
            ('https://"%', "R-09"),
            ("https://%#", "R-10"),
            ("callback#", "R-11"),
            ("localhost:port/cb", "R-12"),
            ("com.example.app:/cb", "R-13"),
            ("ftp://u@", "R-13"),
            ("https://u@[", "R-16"),
            ("https://:0/[", "R-15"),
            ("https://[::1/[:0", "R-20"),
            ("https://client_.example:0/[", "R-09"),
            ("https://client_.example:0/", "R-17"),
            ("https://client%5F.example:22/", "R-18"),
            ("https://client%5F.1/", "R-19"),
            ("https://client_.1/", "R-20"),
            ("http://127.1/", "R-21"),
            ("http://a.localhost/../", "R-24"),
            ("http://10.0.0.5/../", "R-23"),
            ("https://10.0.0.5/../", "R-25"),
            ("https://CLIENT/", "R-27"),
            ("https://CLIENT.test/", "R-28"),
            ("https://CO.uk/", "R-29"),
            ("https://xn--a.PLEO.io/", "R-37"),
            ("https://PLEO.io/../", "R-36"),
            ("https://CLIENT.example/../", "R-30"),
            ("https://client.example/../%2F", "R-31"),
            ("https://client.example/%2Fhttps://", "R-32"),
            ("https://client.example/xhttps://?code", "R-34"),
            ("https://client.example/?code", "R-33"),
        ],
    )
    def test_the_first_broken_rule_is_named(self, uri, rule):
        assert rules(uri, existing=[uri], environment="production") == [rule]

    def test_a_duplicate_comes_before_production(self):
        uri = "http://localhost/cb"
        assert rules(uri, existing=[uri], environment="production") == ["R-35"]
        assert rules(uri, environment=Environment.PRODUCTION) == ["R-64"]

    def test_all_notes_come_in_the_order_of_the_rule_book(self):
        uri = "https://pleo.your-app.xn--bcher-kva.c0m:443//$id/%7e?x=//a&y=%2541"
        notes = ["R-52", "R-54", "R-59", "R-60", "R-58", "R-60", "R-61", "R-65", "R-67", "R-68"]
        assert rules(uri) == notes

    def test_a_rejected_address_carries_no_notes(self):
        assert rules("https://client.c0m//../") == ["R-31"]


class TestSuggestions:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (" https://client.example/cb\n", "https://client.example/cb"),
            ("https://bücher.example:8443/é?q=é", "https://xn--bcher-kva.example:8443/%C3%A9?q=%C3%A9"),
            ("https://ｃlient。example/cb", "https://client.example/cb"),
            ("https:\\\\client.example\\cb", "https://client.example/cb"),
            ('"https://client.example/cb"', "https://client.example/cb"),
            ("https://client.example/a^b", "https://client.example/a%5Eb"),
            ("https://client.example/cb?ids[]=1", "https://client.example/cb?ids%5B%5D=1"),
            ("https://client.example/100%", "https://client.example/100%25"),
            ("https://client.example/cb#", "https://client.example/cb"),
            ("client.example/cb", "https://client.example/cb"),
            ("//client.example/cb", "https://client.example/cb"),
            ("https:client.example/cb", "https://client.example/cb"),
            ("https:/client.example/cb", "https://client.example/cb"),
            ("://client.example/cb", "https://client.example/cb"),
            ("localhost:8080/cb", "http://localhost:8080/cb"),
            ("httpss://client.example/cb", "https://client.example/cb"),
            ("https://client.example:/cb", "https://client.example/cb"),
            ("https://client.example:08443/cb", "https://client.example:8443/cb"),
            ("https://client%2Eexample/cb", "https://client.example/cb"),
            ("https://client.example./cb", "https://client.example/cb"),
            ("http://::1/cb", "http://[::1]/cb"),
            ("http://LOCALHOST:3000/cb", "http://localhost:3000/cb"),
            ("http://127.0.0.2/cb", "http://127.0.0.1/cb"),
            ("http://[0:0:0:0:0:0:0:1]/cb", "http://[::1]/cb"),
            ("http://client.example:80/cb", "https://client.example/cb"),
            ("HTTPS://Client.example/a/../cb?", "https://client.example/cb"),
            ("https://[2606:4700:0::1]/cb", "https://[2606:4700::1]/cb"),
            ("https://client.example/a/b/%2e%2e/cb", "https://client.example/a/cb"),
            ("https://client.example/a/..", "https://client.example/"),
            ("https://client.example/a/.", "https://client.example/a/"),
            ("https://client.example/cb?a=1&code=2", "https://client.example/cb?a=1"),
            ("https://client.example/cb?code", "https://client.example/cb"),
        ],
    )
    def test_certain_corrections_are_offered(self, typed, meant):
        assert suggestion(typed) == meant

    @pytest.mark.parametrize(
        "typed",
        [
            " ",
            "",
            "callback",
            "/callback",
            "http://locаlhost/cb",
            "https://client.example／evil.example/cb",
            "https://client.example/\u202ecb",
            "https://user@bücher.example/é@\u202e",
            "https://client.example:８/",
            "client.exämple",
            "https://good.example\\@evil.example/cb",
            "https://client.example/cb/\\",
            "https://client.example/cb#done",
            "https://client.example/a;x/..;y/cb",
            "https://client.example:99999/cb",
            "https://client.example/cb?a=1;code=2",
            "http://10-0-0-5.nip.io/cb",
            "https://client_%20.example/",
            "é" * 2049,
            " " * 2049,
        ],
    )
    def test_nothing_is_offered_where_it_would_be_a_guess(self, typed):
        assert suggestion(typed) is None


class TestMessages:
    @pytest.mark.parametrize(
        ("uri", "words"),
        [
            ("https://client.example/\tcb", "position 24"),
            ("https://client.example/{tenant}/cb", "“{tenant}”"),
            ("https://client.example/x}", "“}”"),
            ("https://client.example/{x", "“{”"),
            ("https://client.example/%7Bx", "“%7B”"),
            ("https://us\u200ber.example/", "“U+200B”"),
            ("a" * 2049, "2049 characters"),
            ("https://" + "a." * 130 + "example/", "267 characters"),
            ("https://" + "a" * 64 + ".example/", "longer than 63"),
            ("https://-a.example/", "hyphen"),
            ("https://a..example/", "empty"),
            ("https://a.example./", "ends in a dot"),
            ("client.example", "Did you mean https://client.example?"),
            ("https://192.168.0.1/", "private"),
            ("https://client.example:/", "What follows the colon"),
            ("https://client.example:x/", "“x”"),
        ],
    )
    def test_the_message_names_the_part(self, uri, words):
        assert words in redirect_uris.check(uri)[0].message

    def test_an_overlong_run_is_cut(self):
        assert len(redirect_uris.check("https://" + "é" * 2000)[0].message) < 2200
