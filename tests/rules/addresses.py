"""Addresses to try the rules with: right, nearly right, and anything at all."""

import string

from hypothesis import strategies as st

URI_CHARACTERS = string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%"
LABELS = st.sampled_from(
    ["client", "app", "xn--bcher-kva", "xn--a", "a-b", "ab--c", "pleo", "0x7f", "1", "I"]
)
LABEL = LABELS | st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=8)
ENDINGS = st.sampled_from(
    ["example", "com", "io", "de", "co.uk", "app", "zip", "xn--p1ai", "localhost", "c0m"]
)
NAMES = st.builds(
    lambda labels, ending: ".".join([*labels, ending]), st.lists(LABEL, min_size=1, max_size=3), ENDINGS
)
NUMBERS = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map("[{}]".format)
HOSTS = NAMES | NAMES | st.sampled_from(["localhost", "127.0.0.1", "[::1]", "client.example"]) | NUMBERS
PORTS = st.just("") | st.integers(0, 70_000).map(":{}".format) | st.sampled_from([":443", ":80", ":", ":08"])
PIECE = st.sampled_from(
    ["cb", "callback", ".", "..", ".a", "%2e", "%20", "%C3%A9", "%7E", "%2F", "%", "~", ":id", "'"]
)
SEGMENT = PIECE | st.text(string.ascii_letters + string.digits + "-._~!$&'()+,;=:@", max_size=8)
PATHS = st.just("") | st.lists(SEGMENT, max_size=4).map(lambda segments: "/" + "/".join(segments))
QUERIES = st.just("") | st.text(URI_CHARACTERS, max_size=12).map("?".__add__) | st.just("?tenant=1&x=%20")
SCHEMES = st.sampled_from(["https", "https", "https", "http", "HTTPS"])

WELL_FORMED = st.builds("{}://{}{}{}{}".format, SCHEMES, HOSTS, PORTS, PATHS, QUERIES)


PLAIN_LABELS = st.sampled_from(["client", "app", "a-b", "ab--c", "eu1", "www"]) | st.from_regex(
    "[a-z]{1,9}", fullmatch=True
)
PLAIN_NAMES = st.builds(
    "{}.{}".format, PLAIN_LABELS, st.sampled_from(["example", "client.example", "com", "co.uk"])
)
PLAIN_TEXT = st.text(string.ascii_letters + string.digits + "-._~!$&()+,;=:@", max_size=12)
PLAIN_PATHS = st.lists(PLAIN_TEXT | st.sampled_from(["%20a", "%C3%A9", "callback"]), min_size=1, max_size=4)
PLAIN_ENDS = st.just("") | PLAIN_TEXT.map("?a".__add__)

PLAIN = st.builds(
    lambda host, port, path, end: f"https://{host}{port}/{'/'.join(path)}{end}",
    PLAIN_NAMES,
    st.sampled_from(["", "", ":8443", ":65535"]),
    PLAIN_PATHS,
    PLAIN_ENDS,
)
"""Addresses of which most pass without a note."""


def with_one_more(characters, addresses):
    """Such an address with one more of these characters somewhere in it."""

    def put(uri, character, place):
        return uri[: place % len(uri)] + character + uri[place % len(uri) :]

    return st.builds(put, addresses, characters, st.integers(0, 99))


ODD = st.characters() | st.sampled_from(URI_CHARACTERS + '\\^|`{}<>" \t')
ADDRESSES = st.one_of(
    PLAIN,
    PLAIN,
    with_one_more(st.sampled_from(URI_CHARACTERS), PLAIN),
    WELL_FORMED,
    with_one_more(ODD, WELL_FORMED),
)
