"""What a newcomer reads after a slip of hand: the words, and what is offered instead."""

import pytest

from registrations.rules import contacts, redirect_uris, web_uris


def first_finding(uri):
    """Rule, message and suggestion of what is found first."""
    finding = redirect_uris.check(uri)[0]
    return finding.rule, finding.message, finding.suggestion


class TestSeveralAddressesInOneEntry:
    @pytest.mark.parametrize(
        ("gap", "rule"),
        [(" ", "R-03"), ("\t", "R-02"), ("\n", "R-02"), (", ", "R-03"), ("; ", "R-03"), ("\u00a0", "R-03")],
    )
    def test_each_goes_on_a_line_of_its_own(self, gap, rule):
        named, message, offered = first_finding(f"https://a.example/cb{gap}HTTP://localhost/cb")
        assert (named, offered) == (rule, "https://a.example/cb\nhttp://localhost/cb")
        assert message.endswith("put each one on a line of its own.")

    @pytest.mark.parametrize(
        "uri",
        [" https://a.example/cb", "https://a.example/c b", "https://a.example/c b?to=https://b.example"],
    )
    def test_one_address_with_a_blank_is_one_address(self, uri):
        assert "line of its own" not in first_finding(uri)[1]


class TestBracketsRoundTheAddress:
    def test_the_address_without_them_is_offered(self):
        assert first_finding("<https://client.example/cb>") == (
            "R-07",
            "This looks copied out of a document. Did you mean https://client.example/cb?",
            "https://client.example/cb",
        )

    def test_what_is_wrong_inside_is_put_right_as_well(self):
        assert first_finding("<https://Client.example/cb>")[2] == "https://client.example/cb"
        assert first_finding("<https://client.example/cb#done>")[2] is None

    def test_a_page_is_told_the_same(self):
        (finding,) = web_uris.check("tos_uri", "<https://client.example/terms>")
        assert (finding.rule, finding.suggestion) == ("U-12", "https://client.example/terms")

    @pytest.mark.parametrize(
        "uri", ["<callback>", "<https://client.example/<id>>", "<https://{tenant}.example/cb>", "<https://x"]
    )
    def test_brackets_that_mark_a_placeholder_stay_one(self, uri):
        assert "looks like a placeholder" in first_finding(uri)[1]


class TestAddressWithoutScheme:
    @pytest.mark.parametrize(
        "typed", ["localhost:8080/cb", "127.0.0.1:8080/cb", "[::1]:8080/cb", "//localhost"]
    )
    def test_a_local_one_may_begin_with_http(self, typed):
        meant = "http://" + typed.lstrip("/")
        assert first_finding(typed) == (
            "R-12",
            f"Write the whole address, starting with http:// or https://. Did you mean {meant}?",
            meant,
        )

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("client.example/cb", "https://client.example/cb"),
            ("http:/client.example/cb", "https://client.example/cb"),
            ("https:localhost/cb", "https://localhost/cb"),
        ],
    )
    def test_another_begins_with_https(self, typed, meant):
        assert first_finding(typed)[1:] == (
            f"Write the whole address, starting with https://. Did you mean {meant}?",
            meant,
        )

    @pytest.mark.parametrize("typed", ["localhost:8080/", "127.0.0.1/", "[::1]/"])
    def test_a_page_on_the_partners_own_machine_is_not_offered(self, typed):
        (finding,) = web_uris.check("client_uri", typed)
        assert finding.message == "Write the whole address, starting with https://."
        assert finding.suggestion is None


class TestMistypedScheme:
    @pytest.mark.parametrize(
        "typed",
        [
            "https//client.example/cb",
            "http//client.example/cb",
            "https;//client.example/cb",
            "https.//client.example/cb",
            "https:://client.example/cb",
            "https//:client.example/cb",
            "HTTPS:/client.example/cb",
            "htps//client.example/cb",
            "://client.example/cb",
        ],
    )
    def test_marks_in_the_wrong_place_are_put_right(self, typed):
        rule, message, offered = first_finding(typed)
        assert (rule, offered) == ("R-12", "https://client.example/cb")
        assert message.endswith("Did you mean https://client.example/cb?")

    @pytest.mark.parametrize("typed", ["htps", "htp", "ttps", "Htps", "httpss", "httsp", "hppts", "thttps"])
    def test_letters_in_the_wrong_place_are_put_right(self, typed):
        assert first_finding(f"{typed}://client.example/cb") == (
            "R-13",
            f"“{typed}:” is not supported. Did you mean https://client.example/cb?",
            "https://client.example/cb",
        )

    def test_a_local_address_keeps_the_scheme_that_was_meant(self):
        assert first_finding("htp://localhost:3000/cb")[2] == "http://localhost:3000/cb"
        assert first_finding("htps://localhost:3000/cb")[2] == "https://localhost:3000/cb"
        assert first_finding("http//127.0.0.1/cb")[2] == "http://127.0.0.1/cb"

    @pytest.mark.parametrize("typed", ["htps://client/cb", "htps:", "https//callback"])
    def test_what_is_no_host_is_not_guessed_at(self, typed):
        assert first_finding(typed)[2] is None
        assert "Did you mean" not in first_finding(typed)[1]

    def test_a_host_that_begins_like_a_scheme_keeps_its_name(self):
        assert first_finding("https.client.example/cb")[2] == "https://https.client.example/cb"

    @pytest.mark.parametrize("typed", ["ssh://client.example/cb", "app://client.example/cb"])
    def test_another_scheme_is_no_slip(self, typed):
        assert first_finding(typed)[1].endswith("send the callback to your server over https.")
        assert first_finding(typed)[2] is None


class TestQuestionAndOfferAreOne:
    @pytest.mark.parametrize(
        ("typed", "offered"),
        [
            ("Client.example/a/../cb", "https://client.example/cb"),
            ("htps://client.example./cb", "https://client.example/cb"),
            ("http:/192.168.0.1/cb", None),
            ("client_.example/cb", None),
            ("htp://client.test/cb", None),
        ],
    )
    def test_no_address_is_asked_about_that_is_not_offered(self, typed, offered):
        _, message, suggestion = first_finding(typed)
        assert suggestion == offered
        assert message.partition("Did you mean ")[2] == (f"{offered}?" if offered else "")


class TestLookAlikeLetters:
    @pytest.mark.parametrize(
        "host",
        [
            "cl\u0456ent.example",
            "\u0430\u0440\u0440\u04cf\u0435.example",
            "app\u0131e.example",
            "\u03bfnline.example",
            "b\u00fccher.cl\u0456ent.example",
            "\u043f\u0440\u0438\u0432\u0435tt.example",
        ],
    )
    def test_a_host_that_may_be_meant_otherwise_is_not_offered(self, host):
        rule, message, offered = first_finding(f"https://{host}/cb")
        assert (rule, offered) == ("R-04", None)
        assert "xn--" not in message.replace("its xn-- name", "")
        assert "Type letters that only look like a–z again" in message

    @pytest.mark.parametrize(
        ("host", "ascii_host"),
        [
            ("b\u00fccher.example", "xn--bcher-kva.example"),
            ("\u00e6ble.example", "xn--ble-xla.example"),
            ("k\u00f8rekort.example", "xn--krekort-q1a.example"),
            ("\u044f\u043d\u0434\u0435\u043a\u0441.example", "xn--d1acpjx3f.example"),
            ("\uff43lient.example", "client.example"),
        ],
    )
    def test_a_host_that_reads_one_way_is_offered(self, host, ascii_host):
        assert first_finding(f"https://{host}/cb")[2] == f"https://{ascii_host}/cb"

    def test_the_letter_is_named_by_its_code_point(self):
        assert "not “\u0456” (U+0456)." in first_finding("https://cl\u0456ent.example/cb")[1]
        assert (
            "not “\u00fc” (U+00FC), “\u00e9” (U+00E9)."
            in first_finding("https://b\u00fccher.example/\u00e9")[1]
        )
        assert "not “U+200B”." in first_finding("https://client.example/\u200bcb")[1]

    def test_five_letters_are_named_at_most(self):
        assert (
            "“\u0434” (U+0434) …."
            in first_finding("https://client.example/\u0430\u0431\u0432\u0433\u0434\u0436")[1]
        )


class TestWhatIsToBeWritten:
    """The message names what is offered, and where nothing is, what else is wrong."""

    @pytest.mark.parametrize(
        ("uri", "better"),
        [
            ("https://Client.example/a/../cb", "https://client.example/cb"),
            ("https://Client.example/cb?code=1", "https://client.example/cb"),
            ("http://b\u00fccher.example/cb", "https://xn--bcher-kva.example/cb"),
        ],
    )
    def test_the_whole_correction_is_named(self, uri, better):
        _, message, offered = first_finding(uri)
        assert offered == better
        assert message.endswith(f"Write it as {better}.")

    @pytest.mark.parametrize(
        ("uri", "spelled", "why"),
        [
            (
                "https://b\u00fccher.test/cb",
                "https://xn--bcher-kva.test/cb",
                "do not work on the public internet",
            ),
            ("https://Client.example/%2F", "https://client.example/%2F", "is read differently"),
        ],
    )
    def test_a_correction_that_is_refused_as_well_is_not_advised(self, uri, spelled, why):
        _, message, offered = first_finding(uri)
        assert offered is None
        assert f"As {spelled} it would still be refused: " in message
        assert why in message
        assert "Write it as" not in message


class TestQuotationMarksRoundTheAddress:
    @pytest.mark.parametrize("behind", ["", ",", ";"])
    def test_the_address_without_them_is_offered(self, behind):
        assert first_finding(f'"https://client.example/cb"{behind}') == (
            "R-09",
            "This looks copied out of JSON. Did you mean https://client.example/cb?",
            "https://client.example/cb",
        )


class TestWhatNobodySees:
    @pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff", "\u2060"])
    def test_what_takes_no_room_is_named_and_offered_without(self, sign):
        rule, message, better = first_finding(f"https://cl{sign}ient.example/cb")
        assert (rule, better) == ("R-04", "https://client.example/cb")
        assert f"not “U+{ord(sign):04X}”. Write it as https://client.example/cb" in message
        (of_page,) = web_uris.check("tos_uri", f"https://client.example/{sign}terms")
        assert of_page.suggestion == "https://client.example/terms"
        assert contacts.check(f"jane@cl{sign}ient.example")[0].suggestion == "jane@client.example"

    @pytest.mark.parametrize(
        "uri", ["https://client.example/c\u202eb", "https://b\u00fc\u200ccher.example/cb"]
    )
    def test_what_may_mean_something_is_typed_again_and_not_taken_for_a_look_alike(self, uri):
        rule, message, better = first_finding(uri)
        assert (rule, better) == ("R-04", None)
        assert message.endswith("Type the address again instead of pasting it: it holds what cannot be seen.")


class TestSchemesOfNoApp:
    @pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
    def test_nobody_is_told_about_phones(self, uri):
        rule, message, _ = first_finding(uri)
        assert "phones" not in message
        assert (rule in {"R-12", "R-13"}, "https" in message) == (True, True)

    def test_the_scheme_of_an_app_is_told_about_secrets(self):
        assert "cannot keep a secret" in first_finding("acme-app://callback")[1]
