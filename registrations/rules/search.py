"""Finds rules by what people call things: the words that they type, and the words that the rules use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from registrations.rules.record_fields import LABELS
from registrations.rules.rule import Rule

_HTTPS: Final = ("https required", "https everywhere", "no http", "http on your own", "unencrypted")
_CASE: Final = ("case", "capitals")
_INTERNATIONAL: Final = ("international", "plain ascii", "other alphabet")
_LOGO: Final = ("logo",)
_MAIL: Final = ("email", "mail", "contact")
_NETWORK: Final = ("own network", "not public", "public internet", "internet can", "for local use")
_ON_A_DEVICE: Final = ("on a phone", "people's devices", "on your own server")
_IN_A_BROWSER: Final = ("browser extension", "applications that route", "on your own server")
_MOST: Final = ("at most", "one to ten")
_PLEO: Final = ("pleo in", "refer to pleo", "reads like pleo")
_SPACE: Final = ("space", "blank")
_TESTING: Final = ("staging", "test", "for development")
_WILDCARD: Final = ("wildcard",)

OTHER_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("http", "https", "tls", "ssl", "encryption"), _HTTPS),
    **dict.fromkeys(("star", "asterisk", "wildcard"), _WILDCARD),
    **dict.fromkeys(("icon", "image", "logo", "avatar"), _LOGO),
    **dict.fromkeys(("email", "e-mail", "mail"), _MAIL),
    **dict.fromkeys(("mobile", "native", "android", "ios", "device", "desktop"), _ON_A_DEVICE),
    **dict.fromkeys(("app", "application"), ("an app on", *_ON_A_DEVICE, *_IN_A_BROWSER)),
    **dict.fromkeys(("spa", "javascript", "frontend"), _IN_A_BROWSER),
    **dict.fromkeys(("punycode", "unicode", "umlaut", "idn"), _INTERNATIONAL),
    **dict.fromkeys(("uppercase", "lowercase", "capital"), _CASE),
    **dict.fromkeys(("intranet", "vpn", "internal", "lan"), _NETWORK),
    **dict.fromkeys(("space", "whitespace", "blank"), _SPACE),
    **dict.fromkeys(("maximum", "max", "limit", "many"), _MOST),
    **dict.fromkeys(("brand", "branding", "trademark"), _PLEO),
    **dict.fromkeys(("sandbox", "dev", "development", "testing", "test"), _TESTING),
    **dict.fromkeys(("postman", "insomnia", "bruno", "hoppscotch"), ("testing tools",)),
    **dict.fromkeys(("hash", "fragment", "anchor"), ("#",)),
    **dict.fromkeys(("override", "appeal", "accept"), ("to accept", "may accept")),
    **dict.fromkeys(("permission", "scope"), ("scope",)),
    **dict.fromkeys(("duplicate", "twice"), ("duplicate", "twice")),
    "callback": ("redirect uri", "redirection endpoint"),
    "custom": ("of your own",),
    "domain": ("domain", "host name"),
    "jpg": ("jpeg",),
    "subdomain": ("wildcard", "below which", "same site"),
    "url": ("uri", "address"),
    "trailing": ("at the end", "at the very end", "nothing behind"),
}
"""What the rules call what people call so, where the word itself finds nothing, or any address."""

_LEFT_OUT: Final = frozenset(
    {
        *("a", "an", "and", "are", "can", "do", "does", "for", "how", "i", "in", "is", "it", "may", "must"),
        *("my", "of", "on", "or", "the", "to", "use", "we", "what", "with"),
    }
)
"""Words of questions, which say nothing about what is asked."""


def text_of(rule: Rule) -> str:
    """What is searched of a rule, in lower case."""
    labels = [LABELS[field] for field in rule.fields]
    examples = [example.value for example in (*rule.bad, *rule.good)]
    texts = (rule.id, rule.title, rule.statement, rule.why, *labels, *rule.fields, *examples)
    return " ".join(texts).casefold()


def matches(text: str, terms: Iterable[re.Pattern[str]]) -> bool:
    """Whether the text, in lower case, holds each of the terms."""
    return all(term.search(text) for term in terms)


def terms_of(query: str) -> list[re.Pattern[str]]:
    """A pattern for each word of the query that says something: the word, or what the rules call it."""
    words = query.casefold().split()
    telling = [word for word in words if word not in _LEFT_OUT]
    return [_pattern(word) for word in telling or words]


def _pattern(word: str) -> re.Pattern[str]:
    """The word at the beginning of one in the text; a plural finds the singular."""
    single = word.removesuffix("s") if len(word) > 3 else word
    found = OTHER_WORDS.get(word) or OTHER_WORDS.get(single) or (single,)
    return re.compile("|".join(_at_the_beginning(one) for one in found))


def _at_the_beginning(phrase: str) -> str:
    edge = "(?<![a-z0-9])" if phrase[0].isalnum() else ""
    return edge + re.escape(phrase)
