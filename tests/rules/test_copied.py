"""What a copy did to an entry, and what the entry was before."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import copied
from registrations.rules.copied import MAILBOX, PAGES, REDIRECT_URI, Source

GOOD, PLAIN = "https://client.example/cb", "https://client.example/cb?a=1&b=2"
A, B = "https://a.example/cb", "https://b.example/cb"

OUT_OF_ADDRESSES = [
    ("https%3A%2F%2Fclient.example%2Fcb", GOOD),
    ("https%3a%2f%2fclient.example%2fcb", GOOD),
    ("https:%2F%2Fclient.example%2Fcb", GOOD),
    ("https%3A//client.example/cb", GOOD),
    ("https://client.example%2Fcb", GOOD),
    ("https%253A%252F%252Fclient.example%252Fcb", GOOD),
    ("https%3A%2F%2Fclient.example%2Fcb%3Fa%3D1%26b%3D2", PLAIN),
    ("https%3A%2F%2Fclient.example%2Fcb&state=xyz", GOOD),
    ("https:%2F%2Fclient.example/cb?a=1&b=2", PLAIN),
    ("https%3A%2F%2Fclient.example%2Fa%2520b", "https://client.example/a%20b"),
    ("%22https%3A%2F%2Fclient.example%2Fcb%22", GOOD),
    ("redirect_uri=https%3A%2F%2Fclient.example%2Fcb", GOOD),
    ("&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&state=xyz", GOOD),
    ("redirect_uri=https://client.example/cb", GOOD),
    ("redirect_uri=https://client.example/cb&state=xyz", GOOD),
    ("redirect_uri=https://client.example/cb?a=1&b=2", PLAIN),
    (
        "https://auth.example/authorize?client_id=1&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&state=2",
        GOOD,
    ),
    ("auth.example/authorize?redirect_uri=https://client.example/cb&response_type=code", GOOD),
    ("/authorize?response_type=code&redirect_uri=https%253A%252F%252Fclient.example%252Fcb", GOOD),
    ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fclient.example%2Fcb&data=05", GOOD),
    ("https://www.google.com/url?q=https://client.example/cb&sa=D", GOOD),
    ("https://urldefense.com/v3/__https://client.example/cb__;!!a!b$", GOOD),
]

OUT_OF_JSON = [
    (r"https:\/\/client.example\/cb", GOOD),
    (r"https:\\/\\/client.example\\/cb", GOOD),
    (r"https://client.example/cb?a=1\u0026b=2", PLAIN),
    (r"https://client.example/cb?a\u003d1\u0026b\u003D2", PLAIN),
    (r"https://client.example/cb?a=1\x26b=2", PLAIN),
    (r"https\u003A\u002F\u002Fclient.example/cb", GOOD),
    ('"https://client.example/cb"', GOOD),
    ('"https://client.example/cb",', GOOD),
    (r'"https:\/\/client.example\/cb"', GOOD),
    ('["https://client.example/cb"]', GOOD),
    ('["https://client.example/cb",', GOOD),
    ('"https://client.example/cb"]', GOOD),
    ('"redirect_uri": "https://client.example/cb"', GOOD),
    ('"redirect_uris": ["https://client.example/cb"],', GOOD),
    ('redirect_uris: ["https://client.example/cb"]', GOOD),
    ("['https://client.example/cb']", GOOD),
    ('{"redirect_uris":["https://client.example/cb"],"client_uri":"https://client.example/"}', GOOD),
]

OUT_OF_HTML = [
    ("https://client.example/cb?a=1&amp;b=2", PLAIN),
    ("https://client.example/cb?a=1&#38;b=2", PLAIN),
    ("https://client.example/cb?a=1&#x26;b=2", PLAIN),
    ("https://client.example/cb?a=1&amp;amp;b=2", PLAIN),
    ("https:&#47;&#47;client.example&sol;cb", GOOD),
    ("https://client.example/cb&nbsp;", GOOD),
    ("https://client.example/cb&#8203;", GOOD),
    ("&lt;https://client.example/cb&gt;", GOOD),
    ("&quot;https://client.example/cb&quot;", GOOD),
    ('<a href="https://client.example/cb">Callback</a>', GOOD),
    ("<code>https://client.example/cb</code>", GOOD),
    ('<td class="uri">https://client.example/cb</td>', GOOD),
]

OUT_OF_DOCUMENTS = [
    ("<https://client.example/cb>", GOOD),
    ("<https://client.example/cb|Callback>", GOOD),
    ("Callback <https://client.example/cb>", GOOD),
    ("[text](https://client.example/cb)", GOOD),
    ('[our callback](<https://client.example/cb> "Title").', GOOD),
    ("[https://client.example/cb](https://client.example/cb)", GOOD),
    ("- https://client.example/cb", GOOD),
    ("* https://client.example/cb", GOOD),
    ("• https://client.example/cb", GOOD),
    ("•https://client.example/cb", GOOD),
    ("– https://client.example/cb", GOOD),
    ("1. https://client.example/cb", GOOD),
    ("12) https://client.example/cb", GOOD),
    ("(a) https://client.example/cb", GOOD),
    ("- [x] https://client.example/cb", GOOD),
    ("> https://client.example/cb", GOOD),
    ("| https://client.example/cb |", GOOD),
    ("`https://client.example/cb`", GOOD),
    ("“https://client.example/cb”", GOOD),
    ("„https://client.example/cb“", GOOD),
    ("‘https://client.example/cb’", GOOD),
    ("'https://client.example/cb',", GOOD),
    ("«https://client.example/cb»", GOOD),
    ("(https://client.example/cb)", GOOD),
    ("**https://client.example/cb**", GOOD),
    ("\ufeffhttps://client.example/cb", GOOD),
    ("https://client.example/cb\u200b", GOOD),
    ("Redirect URI: https://client.example/cb", GOOD),
    ("REDIRECT_URI=https://client.example/cb", GOOD),
    (r"https://client.example/cb\?a=1\&b=2", PLAIN),
]

ENDS = [
    (GOOD + sign, GOOD)
    for sign in [",", ";", ".", ":", ")", "'", '"', "`", ").", '",', "。", "”.", "%20", "%0A"]
] + [("https://client.example/cb%C2%A0", GOOD), ("https://client.example/cb]", GOOD)]

MAILBOXES = [
    ("jane%40client.example", Source.ADDRESS),
    ("email=jane%40client.example&name=Jane", Source.ADDRESS),
    ('"jane@client.example",', Source.JSON),
    (r"jane\u0040client.example", Source.JSON),
    ('{"contacts": ["jane@client.example"], "client_name": "x@y"}', Source.JSON),
    ("jane&#64;client.example", Source.HTML),
    ('<a href="mailto:jane@client.example">Jane</a>', Source.HTML),
    ("<jane@client.example>", Source.DOCUMENT),
    ("<mailto:jane@client.example>", Source.DOCUMENT),
    ("[jane](mailto:jane@client.example)", Source.DOCUMENT),
    ("mailto:jane@client.example", Source.DOCUMENT),
    ("- jane@client.example", Source.DOCUMENT),
    ("1. jane@client.example", Source.DOCUMENT),
    ("Contact: jane@client.example", Source.DOCUMENT),
    ("“jane@client.example”", Source.DOCUMENT),
    ("jane@client.example,", Source.END),
    ("jane@client.example).", Source.END),
]


@pytest.mark.parametrize(
    ("text", "meant", "source"),
    [
        (text, meant, source)
        for source, rows in [
            (Source.ADDRESS, OUT_OF_ADDRESSES),
            (Source.JSON, OUT_OF_JSON),
            (Source.HTML, OUT_OF_HTML),
            (Source.DOCUMENT, OUT_OF_DOCUMENTS),
            (Source.END, ENDS),
        ]
        for text, meant in rows
    ],
)
def test_an_address_is_what_it_was_before_the_copy(text, meant, source):
    assert copied.mended(text, REDIRECT_URI) == ((meant,), source)


@pytest.mark.parametrize(("text", "source"), MAILBOXES)
def test_an_email_address_is_what_it_was_before_the_copy(text, source):
    assert copied.mended(text, MAILBOX) == (("jane@client.example",), source)


@pytest.mark.parametrize(
    "text",
    [
        f'["{A}","{B}"]',
        f'["{A}", "{B}", "{A}"]',
        f'"{A}", "{B}"',
        f'[\n  "{A}",\n  "{B}"\n]',
        f'{{"redirect_uris": ["{A}", "{B}"], "tos_uri": "https://client.example/"}}',
        f'{{"web": {{"auth_uri": "https://c.example/", "redirect_uris": ["{A}", "{B}"]}}}}',
        f"['{A}', '{B}']",
        f'["{A}", "{B}"'.replace("/", r"\/"),
        f'"redirect_uris": [ "{A}", "{B}" ],',
        f'"redirect_uris": [\n  "{A}",\n  "{B}"\n',
        f'{{"redirectUris": ["{A}", "{B}"], "postLogoutRedirectUris": ["https://c.example/"]}}',
        f'{{redirectUris: ["{A}", "{B}"], webOrigins: ["https://c.example"]}}',
        f"'redirect_uris' => ['{A}', '{B}'],",
        f'client_name = "Till"\nredirect_uris = [\n  "{A}",\n  "{B}",\n]\nscope = "x"',
        f'REDIRECT_URIS="{A} {B}"',
    ],
)
def test_a_list_in_json_has_several_entries(text):
    assert copied.mended(text, REDIRECT_URI) == ((A, B), Source.JSON)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"{A} {B}", Source.LIST),
        (f"{A},{B}", Source.LIST),
        (f"{A}; {B};", Source.LIST),
        (f"{A}\r\n{B}", Source.LIST),
        (f"- {A}\n- {B}", Source.DOCUMENT),
        (f"Redirect URIs: {A}, {B}", Source.DOCUMENT),
        (f'"{A}",\n{B}', Source.JSON),
        (f"redirectUris:\n  - {A}\n  - {B}", Source.DOCUMENT),
        (f'redirect_uris:\n- "{A}"\n- {B}\nclient_name: Till\nscopes:\n- x', Source.JSON),
        (f"Callback URLs\n{A}\n{B}", Source.DOCUMENT),
        (f"CLIENT_ID=x\nREDIRECT_URIS={A},{B}", Source.DOCUMENT),
        (f"# mine\nredirect_uri: {A}\nredirect_uri: {B}", Source.DOCUMENT),
        (f"[\n{A},\n{B}\n]", Source.DOCUMENT),
        (f"redirectUris: [{A}, {B}]", Source.DOCUMENT),
    ],
)
def test_another_list_has_several_entries_too(text, source):
    assert copied.mended(text, REDIRECT_URI) == ((A, B), source)


def test_a_list_of_email_addresses_has_several_entries():
    for text in (
        '["a@b.example", "c@d.example"]',
        "a@b.example; c@d.example",
        "A <a@b.example>, <c@d.example>",
        "contacts:\n- a@b.example\n- c@d.example\nscope: x",
    ):
        assert copied.mended(text, MAILBOX).texts == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        GOOD,
        f" {GOOD} ",
        PLAIN,
        "https://client.example/cb?to=https%3A%2F%2Fother.example",
        "client.example/cb?next=https%3A%2F%2Fother.example",
        "https://client.example/a%20b",
        "https://client.example/cb(1)",
        "https://client.example/cb?a=1&copy=2",
        "https://client.example/cb?a=b,https://other.example",
        'https://client.example/cb?x="a"',
        "https://client.example/cb...",
        "https://client.example/c b",
        r"https:\\client.example\callback",
        "https://good.example%2F@evil.example",
        "https://<your-host>/cb",
        "https://{tenant}.example/cb",
        "https%3A%2F%2Fclient.example%2F%FF",
        "https://auth.example/authorize?client_id=1&response_type=code",
        "https://auth.example/authorize?client_id=1&redirect_uri=urn:ietf:wg:oauth:2.0:oob",
        "client.example/cb",
        "client.example/cb,",
        "<callback>",
        "[",
        '"redirect_uris": [',
        "two words",
        "x" * 20_001,
    ],
)
def test_what_no_copy_damaged_is_left_alone(text):
    found = copied.mended(text, REDIRECT_URI)
    assert found is None


@pytest.mark.parametrize("text", ["jane@client.example", "o'neil@client.example", "-x@client.example", "a b"])
def test_an_email_address_that_no_copy_damaged_is_left_alone(text):
    assert copied.mended(text, MAILBOX) is None


def test_a_page_is_not_looked_for_in_an_authorization_request():
    request = "https://auth.example/authorize?client_id=1&redirect_uri=https%3A%2F%2Fclient.example%2Fcb"
    assert copied.mended(request, PAGES["client_uri"]) is None


@given(st.text() | st.lists(st.sampled_from([*"\"'[]{}<>()\\&;,:%@ \n", GOOD, "a@b.example"])).map("".join))
def test_no_text_raises_and_what_is_mended_stays_mended(text):
    for kind in (*PAGES.values(), REDIRECT_URI, MAILBOX):
        if found := copied.mended(text, kind):
            assert found.texts
            assert all(found.texts)


@pytest.mark.parametrize("beginning", ["", "https://client.example/", "<a "])
@pytest.mark.parametrize(
    "piece",
    [
        "\\/",
        "\\u0026",
        "%25",
        "%3A",
        "&amp;",
        "&amp;amp",
        '"',
        '\\"',
        '{"',
        '"a":',
        "'",
        "[",
        "](",
        "<",
        "(",
        " ",
    ]
    + [
        "- ",
        "1. ",
        "a:",
        ",https://a",
        "https://a.b/ ",
        "a@b ",
        "_",
        "</a>",
        "<a href=",
        "redirect_uri=",
        "%20",
    ],
)
def test_hostile_text_takes_no_time(beginning, piece):
    text = (beginning + piece * copied.MAX_LENGTH)[: copied.MAX_LENGTH]
    started = time.process_time()
    for kind in (REDIRECT_URI, MAILBOX):
        copied.mended(text, kind)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("sign", ["\\", "\\u", "&", "&#", "<a "])
def test_a_long_run_of_signs_is_read_in_one_pass(sign):
    assert copied.without_escapes(sign * 200_000) == sign * 200_000
