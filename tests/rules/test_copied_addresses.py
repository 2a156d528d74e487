"""What partners paste: said where it comes from, and offered as it was, where every rule lets it pass."""

import time

import pytest

from registrations.rules import contacts, redirect_uris, web_uris
from registrations.rules.redirect_uris import check_all
from tests.rules.asking import GOOD, offered

A, B = "https://a.example/cb", "https://b.example/cb"
PLAIN = "https://client.example/cb?a=1&b=2"


def first(uri, **circumstances):
    finding = redirect_uris.check(uri, **circumstances)[0]
    return finding.severity.value, finding.rule, finding.suggestion


def of_page(uri, field="tos_uri"):
    finding = web_uris.check(field, uri, client_uri="https://client.example/")[0]
    return finding.severity.value, finding.rule, finding.suggestion


class TestRuleStaysAndTheMessageSaysWhereItComesFrom:
    @pytest.mark.parametrize(
        ("uri", "rule", "source"),
        [
            ("https%3A%2F%2Fclient.example%2Fcallback", "R-12", "another address"),
            ("redirect_uri=https%3A%2F%2Fclient.example%2Fcallback", "R-12", "another address"),
            ("redirect_uri=https://client.example/callback", "R-12", "another address"),
            ("https://client.example%2Fcallback", "R-19", "another address"),
            (r"https:\/\/client.example\/callback", "R-08", "JSON"),
            ('"https://client.example/callback",', "R-09", "JSON"),
            ('["https://client.example/callback"]', "R-09", "JSON"),
            ('{"redirect_uris": ["https://client.example/callback"]}', "R-03", "JSON"),
            ('{"redirect_uris":["https://client.example/callback"]}', "R-07", "JSON"),
            ("&lt;https://client.example/callback&gt;", "R-12", "HTML"),
            ('<a href="https://client.example/callback">here</a>', "R-03", "HTML"),
            ("<https://client.example/callback>", "R-07", "a document"),
            ("[text](https://client.example/callback)", "R-12", "a document"),
            ("- https://client.example/callback", "R-03", "a document"),
            ("1. https://client.example/callback", "R-03", "a document"),
            ("“https://client.example/callback”", "R-04", "a document"),
            ("**https://client.example/callback**", "R-06", "a document"),
        ],
    )
    def test_for_redirect_uris(self, uri, rule, source):
        finding = redirect_uris.check(uri)[0]
        assert (finding.rule, finding.suggestion) == (rule, GOOD)
        assert finding.message == f"This looks copied out of {source}. Did you mean {GOOD}?"

    @pytest.mark.parametrize(
        ("uri", "rule"),
        [
            ("https%3A%2F%2Fclient.example%2Flegal%23top", "U-02"),
            ("tos_uri=https%3A%2F%2Fclient.example%2Flegal%23top", "U-02"),
            (r'"https:\/\/client.example\/legal#top"', "U-02"),
            ("<https://client.example/legal#top>", "U-12"),
            ("• https://client.example/legal#top", "U-02"),
            ("http%3A%2F%2Fclient.example%2Flegal%23top", "U-02"),
        ],
    )
    def test_for_pages(self, uri, rule):
        assert of_page(uri) == ("reject", rule, "https://client.example/legal#top")


class TestEveryRuleIsAskedAboutTheOffer:
    @pytest.mark.parametrize(
        ("uri", "better"),
        [
            ("HTTPS%3A%2F%2FClient.example%2Fcb%3F", "https://client.example/cb"),
            ("https%3A%2F%2Fb%C3%BCcher.example%2Fcb", "https://xn--bcher-kva.example/cb"),
            ('"http://client.example/cb"', "https://client.example/cb"),
            ('"client.example/cb"', "https://client.example/cb"),
            (r"https:\/\/client.example\/a\/..\/cb", "https://client.example/cb"),
        ],
    )
    def test_it_is_corrected_further(self, uri, better):
        assert first(uri)[2] == better

    @pytest.mark.parametrize(
        ("uri", "left"),
        [
            (r"https:\/\/client.test\/cb", "do not work on the public internet"),
            ("https%3A%2F%2Fclient.example%2Fcb%23done", "may not contain #"),
            ("<https://10.0.0.5/cb>", "cannot be reached"),
            ('["https://a.example/cb","myapp://cb"]', "is not supported"),
            (r"https://good.example\u0040evil.example/cb", "Remove “good.example@”"),
        ],
    )
    def test_without_an_offer_the_message_says_what_is_left(self, uri, left):
        finding = redirect_uris.check(uri)[0]
        assert finding.suggestion is None
        assert "it would still be refused: " in finding.message
        assert left in finding.message

    def test_an_address_that_is_listed_already_is_not_offered(self):
        assert first(f'"{A}"', existing=[A])[2] is None
        assert first(f'["{A}","{B}"]', existing=[A])[2] == B

    def test_production_gets_no_plain_http(self):
        assert first('"http://localhost/cb"', environment="production")[2] is None
        assert first('"http://localhost/cb"')[2] == "http://localhost/cb"


class TestBackslashes:
    @pytest.mark.parametrize(
        ("uri", "better"),
        [
            (r"https://client.example/cb?a=1\u0026b=2", PLAIN),
            (r"https://client.example/cb?a\u003d1\u0026b\u003D2", PLAIN),
            (r"https://client.example/cb?a=1\\u0026b=2", PLAIN),
            (r"https://client.example/cb\?a\=1\&b\=2", PLAIN),
            (r"https://client.example/cb?a=1\u00", None),
            (r"https://client.example/u\u12/cb", None),
            (r"https://client.example/cb?path=c:\temp", None),
            (r"https://client.example\callback", GOOD),
            (r"https:\\client.example\callback", GOOD),
        ],
    )
    def test_no_slash_takes_the_place_of_an_escape(self, uri, better):
        assert first(uri) == ("reject", "R-08", better)


class TestEndOfTheAddress:
    @pytest.mark.parametrize("end", [",", ";", ".", ":", ")", "'", ").", "';", "%20", "%20,"])
    def test_what_belongs_to_the_text_round_it_is_noted_and_left_out(self, end):
        assert first(GOOD + end) == ("warn", "R-65", GOOD)
        assert of_page(f"https://client.example/#terms{end}") == (
            "warn",
            "U-14",
            "https://client.example/#terms",
        )

    @pytest.mark.parametrize("end", ['"', '",', "”", "]", "`"])
    def test_where_it_is_refused_it_is_left_out_as_well(self, end):
        assert (first(GOOD + end)[0], first(GOOD + end)[2]) == ("reject", GOOD)

    @pytest.mark.parametrize("uri", ["https://client.example/cb(1)", "https://client.example/cb..."])
    def test_what_belongs_to_the_address_is_not_left_out(self, uri):
        assert first(uri) == ("warn", "R-65", None)

    def test_another_fault_is_said_first(self):
        finding = redirect_uris.check("http://client.example/cb,")[0]
        assert finding.message.startswith("Use https://")
        assert finding.suggestion == "https://client.example/cb"


class TestHtml:
    @pytest.mark.parametrize("entity", ["&amp;", "&#38;", "&#x26;", "&AMP;", "&amp;amp;"])
    def test_the_character_itself_is_offered(self, entity):
        assert first(f"https://client.example/cb?a=1{entity}b=2") == (
            ("warn", "R-65", PLAIN) if "#" not in entity else ("reject", "R-11", PLAIN)
        )

    def test_an_entity_at_the_end_is_left_out_if_it_is_a_blank(self):
        assert first(f"{GOOD}&nbsp;") == ("warn", "R-65", GOOD)

    @pytest.mark.parametrize("query", ["a=1&copy=2", "a=1&amp=2", "a=1&b;c=2"])
    def test_a_parameter_is_no_entity(self, query):
        assert redirect_uris.check(f"https://client.example/cb?{query}") == []


class TestPlaceholders:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [
            ("https://client.example/%TENANT%/cb", "R-07"),
            ("https://client.example/%dealer_id%/cb", "R-07"),
            ("https://%HOST%/cb", "R-07"),
            ("https://client.example/%s/cb", "R-07"),
            ("https://%s.client.example/cb", "R-07"),
            ("https://client.example/cb?t=%d", "R-07"),
            ("https://client.example/%1$s/cb", "R-07"),
            ("https://client.example/%(tenant)s/cb", "R-07"),
            ("https://__HOST__/cb", "R-07"),
            ("https://__host__.client.example/cb", "R-07"),
            ("https://@@HOST@@/cb", "R-07"),
            ("https://[your-domain]/cb", "R-07"),
            ("https://[tenant].client.example/cb", "R-07"),
            ("https://client.example/#{tenant}/cb", "R-07"),
            ("https://${HOST}/cb", "R-07"),
            ("https://<%=host%>/cb", "R-07"),
            ("https://<%= host %>/cb", "R-03"),
            ("https://{{ host }}/cb", "R-03"),
            ("https://client.example/%TENANT/cb", "R-10"),
            ("https://client.example/[tenant]/cb", "R-09"),
            ("https://client.example/cb?t=[tenant]", "R-09"),
            ("https://TENANT.client.example/cb", "R-30"),
            ("https://YOUR-DOMAIN.com/cb", "R-30"),
            ("https://$HOST/cb", "R-20"),
            ("your-domain.com/cb", "R-12"),
            ("https%3A%2F%2Fyour-domain.com%2Fcb", "R-12"),
            ('"https://client.example/:tenant/cb"', "R-09"),
            ("http://client.example/cb?t=TENANT_ID", "R-23"),
        ],
    )
    def test_nothing_is_offered_that_registers_one(self, uri, rule):
        assert first(uri) == ("reject", rule, None)

    @pytest.mark.parametrize(
        "rest",
        ["cb?t=TENANT_ID", "cb?t=:tenant", "cb?t=$tenant", "cb?t=YOUR_TENANT", "cb?a=1&t=__TENANT__"]
        + [
            "TENANT_ID/cb",
            "$tenant/cb",
            ":tenant-id/cb",
            "__TENANT__/cb",
            "@@TENANT@@/cb",
            "COMPANY_NAME/cb",
        ],
    )
    def test_in_the_path_and_in_the_query_they_are_noted(self, rest):
        assert first(f"https://client.example/{rest}") == ("warn", "R-60", None)

    @pytest.mark.parametrize(
        "rest",
        [
            "__/auth/handler",
            "__auth__/cb",
            "OA_HTML/cb.jsp",
            "cb?t=10:30",
            "@team/cb",
            "%C3%A9%41BC".replace("41", "C3%A9"),
        ]
        + ["cb?state_id=1", "App123CLIAPI/"],
    )
    def test_what_only_looks_similar_is_none(self, rest):
        assert redirect_uris.check(f"https://client.example/{rest}") == []

    def test_brackets_of_a_parameter_are_none(self):
        assert first("https://client.example/cb?ids[]=1")[2] == "https://client.example/cb?ids%5B%5D=1"


class TestSchemes:
    @pytest.mark.parametrize("scheme", ["my.app_x", "3app", "my_app", "com.acme.app_1"])
    def test_whatever_stands_before_the_slashes_is_one(self, scheme):
        finding = redirect_uris.check(f"{scheme}://login")[0]
        assert (finding.rule, finding.excerpt) == ("R-13", scheme)

    @pytest.mark.parametrize("uri", ["client.example/cb://x", "://client.example/cb", "localhost:8080/cb"])
    def test_unless_it_is_an_address_already(self, uri):
        assert first(uri)[1] == "R-12"


class TestSeveralAddressesInOneEntry:
    @pytest.mark.parametrize(
        "uri",
        [
            f'["{A}","{B}"]',
            f'["{A}", "{B}"]',
            f'{{"redirect_uris": ["{A}", "{B}"], "tos_uri": "https://c.example/"}}',
            f'"{A}", "{B}"',
            f"{A} {B}",
            f"{A},{B}",
            f"{A};{B}",
            f"{A}{B}",
            f"- {A}\n- {B}",
        ],
    )
    def test_each_becomes_an_entry(self, uri):
        finding = redirect_uris.check(uri)[0]
        assert (finding.rejects, offered(finding)) == (True, [A, B])

    def test_a_page_is_one_address(self):
        for uri in (f'["{A}","{B}"]', f"{A} {B}", f"{A},{B}"):
            assert of_page(uri)[0::2] == ("reject", None)

    @pytest.mark.parametrize("gap", [" ", ",", "", "\n", '","'])
    def test_more_than_a_client_may_have_are_not_offered(self, gap):
        uri = f'"{gap.join(f"https://a{number}.example/cb" for number in range(21))}"'
        assert first(uri)[0::2] == ("reject", None)

    @pytest.mark.parametrize(
        "piece", ["https://a.example/ ", "https://a.example/x,", '"https://a.example/",']
    )
    def test_a_thousand_take_no_time(self, piece):
        started = time.process_time()
        assert check_all([piece * 500, piece * 500])[0].rejects
        assert time.process_time() - started < 1


class TestListPastedAsLines:
    @pytest.mark.parametrize(
        "lines",
        [
            ["[", f'"{A}",', f'"{B}"', "]"],
            ["{", '"redirect_uris": [', f'"{A}",', f'"{B}"', "],", '"tos_uri": "https://c.example/"', "}"],
            [f"- {A}", f"- {B}"],
            [f"1. {A}", f"2. {B}"],
            [f'"{A}",', f'"{B}",'],
            [A, "https%3A%2F%2Fb.example%2Fcb", f'"{B}"'],
            ['"redirect_uris": [', f'"{A}",', f'"{B}"', "],"],
            ["redirectUris:", f"- {A}", f"- {B}"],
            [f"REDIRECT_URIS={A},{B}", "CLIENT_ID=x"],
        ],
    )
    def test_one_finding_about_the_list_offers_all_of_them(self, lines):
        (whole,) = [finding for finding in check_all(lines) if finding.index is None]
        (repeated, *_) = [one for one in check_all(lines) if one.index is not None and one.rule == whole.rule]
        assert whole.rejects
        assert offered(whole) == [A, B]
        assert whole.rule == repeated.rule

    @pytest.mark.parametrize(
        "lines",
        [
            [A, B],
            [A, A],
            [f"- {A}", B],
            [f"{A},", f"{B},"],
            [f"- {A}", "- https://client.test/cb"],
            ["[", "https://{tenant}.example/cb", "]"],
            ["callback", "login"],
        ],
    )
    def test_no_other_list_is_spoken_of_as_a_whole(self, lines):
        assert [finding.index for finding in check_all(lines) if finding.index is None] == []

    @pytest.mark.parametrize("line", ["redirectUris:", '"redirect_uris": [', "redirect_uris = [", "{", "],"])
    def test_a_line_beside_the_entries_is_not_taken_for_an_address(self, line):
        (finding,) = redirect_uris.check(line)
        assert (finding.message, finding.suggestion) == ("This is not an address. Remove this line.", None)


class TestWhatDocumentsGiveAnotherName:
    HOME = "https://client.example/home"

    @pytest.mark.parametrize(
        ("text", "name", "place"),
        [
            (f'"client_uri": "{HOME}"', "client_uri", "it belongs under “Client URI”"),
            (f'"client_uri": "{HOME}",', "client_uri", "it belongs under “Client URI”"),
            (f'{{"client_uri": "{HOME}", "tos_uri": "{A}"}}', "client_uri", "it belongs under “Client URI”"),
            (r'"tos_uri":"https:\/\/a.example\/"', "tos_uri", "it belongs under “Terms of service”"),
            (f"policy_uri={HOME}&state=1", "policy_uri", "it belongs under “Privacy policy”"),
            (f"- Website: {HOME}", "Website", "it belongs under “Client URI”"),
            (f'"logo_uri": "{A}"', "logo_uri", "it belongs under “Logo”"),
            ('"contacts": ["a@client.example"]', "contacts", "it belongs under “Contacts”"),
            (f"JWKS_URI={A}", "JWKS_URI", "the form does not ask for it"),
            (f'"post_logout_redirect_uris": ["{A}"]', "post_logout_redirect_uris", "the form does not ask"),
            (f'{{"javascript_origins": ["{A}"]}}', "javascript_origins", "the form does not ask for it"),
        ],
    )
    def test_it_is_not_offered_as_a_redirect_uri(self, text, name, place):
        (finding,) = redirect_uris.check(text)
        assert finding.rejects
        assert finding.suggestion is None
        assert finding.message.startswith(f"“{name}” is not for “Redirect URIs”: {place}")

    def test_nor_among_others(self):
        assert [one.suggestion for one in check_all([f"client_uri: {A}", f"tos_uri: {B}"])] == [None, None]
        assert first(f'{{"web": "{A}", "client_uri": "{B}"}}')[2] == A

    def test_nor_as_another_page(self):
        (finding,) = web_uris.check("tos_uri", f'"policy_uri": "{A}"')
        assert (finding.suggestion, finding.message) == (
            None,
            "“policy_uri” is not for “Terms of service”: it belongs under “Privacy policy”.",
        )
        assert of_page(f"redirect_uri={A}")[2] is None
        assert of_page(f'{{"policy_uri": "{A}", "tos_uri": "{B}"}}')[2] == B

    def test_nor_as_a_contact(self):
        for text in ('"client_uri": "a@client.example"', "redirect_uris: a@client.example"):
            (finding,) = contacts.check(text)
            assert finding.suggestion is None
            assert " is not for “Contacts”: it belongs under “" in finding.message

    @pytest.mark.parametrize("name", ["Production", "URL", "web", "PLEO_REDIRECT_URI", "callbackUrl"])
    def test_a_name_that_may_be_anything_is_dropped(self, name):
        assert first(f"{name}: {A}")[2] == A
