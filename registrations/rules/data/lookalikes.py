"""Letters, digits and signs that pass for p, l, e or o (rule N-05, step 1).

Date: 2026-11-28. Sources: the Unicode consortium's confusables (UTS 39) as carried by confusable-homoglyphs
3.3.1; the Latin letters whose Unicode name is one of the four letters with a stroke, hook, bar or turn; and
signs chosen by eye (rings, rules, currency signs, strokes and squares of Korean and Japanese).

To refresh: upgrade confusable-homoglyphs and run the tests of the client names. One of them checks that each
confusable of the four letters is caught; add those that it names.

Left out are characters that become the letter by NFKC or by losing their combining marks, and capital I,
which counts as l only in a word that has a lower-case letter.
"""

from __future__ import annotations

from typing import Final

_PASSES_FOR: Final = {
    "p": (
        "ÞþƤƥƿǷΡρϷϸРрҎҏ\u13e2\u146d\u1d18\u1d71\u1d7d\u1d88\u2117\u2118\u2374\u2c63\u2ca2\u2ca3\ua4d1"
        "\ua750\ua751\ua752\ua753\ua754\ua755\uabb2\U00010295\u20b1\u20bd"
    ),
    "l": (
        "£¦ĿŀŁłƖƚǀǁȴȽɩɫɬɭʟΙІӀӏ\u05c0\u05d5\u05df\u0627\u0661\u06f1\u07ca\u13de\u14aa\u16c1\u1d0c"
        "\u1d85\u2223\u23b8\u23fd\u2502\u2758\u2c60\u2c61\u2c62\u2c92\u2cd0\u2d4f\ua4e1\ua4f2\ua748"
        "\ua749\ua780\ua781\ua78e\ua7ad\uab37\uab38\uab39\uabae\U0001028a\U00010309\U00010320"
        "\U0001041b\U00010526\U000118a3\U000118b2\U00016f16\U00016f28\U0001d22a\U0001df04\U0001df11"
        "\U0001df13\U0001e8c7\u20a4\u23d0\u2503\u3163\u4e28"
    ),
    "e": (
        "ƎƏƐǝɆɇɘəɛΕεЄЕЭеэєҼҽҾҿӘәԐԑ\u13ac\u1d07\u1d92\u1d93\u212e\u2203\u2208\u220a\u22f2\u22ff\u2c78"
        "\u2c7b\u2c88\u2c89\u2d39\ua4f0\ua792\ua793\uab32\uab33\uab34\uab7c\uab9b\U00010286\U000118a6"
        "\U000118aeΞΣ"
    ),
    "o": (
        "¤°ØøƆƟɔɵΘΟθοσОоӨө\u0555\u0585\u05e1\u0647\u0665\u06be\u06c1\u06d5\u06f5\u07c0\u0966\u09e6"
        "\u0a66\u0ae6\u0b20\u0b66\u0be6\u0c02\u0c66\u0c82\u0ce6\u0d02\u0d20\u0d66\u0d82\u0e50\u0ed0"
        "\u0f5d\u101d\u1040\u10ff\u12d0\u1c5b\u1d0f\u1d10\u1d11\u1d13\u1d97\u2218\u2299\u25cb\u25ce"
        "\u25cf\u25e6\u25ef\u2609\u26aa\u26ac\u29bf\u2b55\u2c7a\u2c9e\u2c9f\u2d54\u3007\ua4f3\ua74a"
        "\ua74b\ua74c\ua74d\uab3d\uab3e\uab3f\U00010292\U000102ab\U00010404\U0001042c\U000104c2"
        "\u3147\u30ed\u53e3\U000104ea\U00010516\U000114d0\U000118b5\U000118c8\U000118d7\U000118e0\U0001df1b"
    ),
}
_STAND_INS: Final = {"l": "1|!", "e": "3€", "o": "0"}
LOOK_ALIKES: Final = {
    sign: letter for table in (_PASSES_FOR, _STAND_INS) for letter, signs in table.items() for sign in signs
}
"""Each sign with the letter it passes for."""

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABETS_OF_SIGNS: Final = (0x1F150, 0x1F170, 0x1F1E6)
"""Negative circled, negative squared and flag letters: NFKC leaves these three as they are."""
SIGNS_OF_LETTERS: Final = {
    chr(start + offset): letter for start in _ALPHABETS_OF_SIGNS for offset, letter in enumerate(_ALPHABET)
}
"""Signs that are letters in a frame, with the letter."""

TRANSLITERATION: Final = {
    **dict.fromkeys("ПпΠπ\u054a\u057a\u10de", "p"),
    **dict.fromkeys("ЛлΛλ\u053c\u056c\u10da", "l"),
    **dict.fromkeys("ΕεЕе\u0537\u0567\u0535\u0565\u10d4", "e"),
    **dict.fromkeys("ΟοΩωОо\u0548\u0578\u0555\u0585\u10dd", "o"),
}
"""Letters of other alphabets that sound like the four: a reader of that script reads the brand."""

TRANSLITERATED: Final = (
    "\u30d7\u30ec\u30aa",
    "\u3077\u308c\u304a",
    "\ud50c\ub808\uc624",
    "\ud50c\ub9ac\uc624",
    "\u0628\u0644\u064a\u0648",
    "\u067e\u0644\u06cc\u0648",
    "\u05e4\u05dc\u05d9\u05d0\u05d5",
    "\u05e4\u05dc\u05d0\u05d5",
    "\u0e1e\u0e25\u0e35\u0e42\u0e2d",
    "\u0e40\u0e1e\u0e25\u0e42\u0e2d",
    "\u092a\u094d\u0932\u0947\u0913",
    "\u092a\u094d\u0932\u093f\u092f\u094b",
    "\u666e\u5229\u5965",
)
"""The brand in scripts that do not transliterate letter by letter (Japanese, Korean, Arabic, Persian, Hebrew,
Thai, Hindi, Chinese); chosen by ear."""
