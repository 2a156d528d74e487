"""Rules L-01 to L-10: the logo."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Rule, described

_reject = partial(Rule, severity=Severity.REJECT, fields=("logo",))
_warn = partial(Rule, severity=Severity.WARN, fields=("logo",))
_GOOD: Final = described("a PNG of 512 × 512 pixels")

RULES: Final = (
    _reject(
        id="L-03",
        code="bytes",
        statement="At most 1 MiB.",
        why="A logo needs no more, and large files make pages slow.",
        source=OURS,
        bad=described("a file of 2 MiB"),
        good=_GOOD,
    ),
    _reject(
        id="L-01",
        code="format",
        statement="PNG, JPEG or WebP, judged by content and not by the name of the file.",
        why="Programs that read other formats have more to attack.",
        source=OURS,
        bad=described("a GIF", "a PDF called logo.png", "a photo in HEIC format"),
        good=_GOOD,
    ),
    _reject(
        id="L-02",
        code="svg",
        statement="No SVG: send a PNG of 512 × 512 pixels or more.",
        why="SVG can carry scripts and load things from elsewhere.",
        source=OURS,
        bad=described("an SVG"),
        good=_GOOD,
    ),
    _reject(
        id="L-04",
        code="too_large",
        statement="Neither side longer than 4096 pixels, or 2048 in a WebP.",
        why="A small file can unfold into a picture that fills our memory. A WebP needs the most to open.",
        source=OURS,
        bad=described("a PNG of 5000 × 200 pixels", "a WebP of 3000 × 3000 pixels"),
        good=_GOOD,
    ),
    _reject(
        id="L-07",
        code="animated",
        statement="A picture that does not move.",
        why="It stands beside the question whether to trust your client.",
        source=OURS,
        bad=described("a PNG of two frames"),
        good=_GOOD,
    ),
    _reject(
        id="L-05",
        code="too_small",
        statement="At least 128 × 128 pixels.",
        why="Smaller ones cannot be recognised.",
        source=OURS,
        bad=described("a PNG of 64 × 64 pixels"),
        good=_GOOD,
    ),
    _reject(
        id="L-09",
        code="unreadable",
        statement="A whole picture that can be read.",
        why="A broken file is a mistake, or an attempt.",
        source=OURS,
        bad=described("the first half of a PNG", "an icon out of an iOS app"),
        good=_GOOD,
    ),
    _warn(
        id="L-06",
        code="shape",
        statement="Square, and 512 × 512 pixels or more.",
        why="That looks best wherever the logo is shown.",
        source=GUIDE,
        bad=described("a PNG of 600 × 300 pixels", "a PNG of 200 × 200 pixels"),
        good=_GOOD,
    ),
    _warn(
        id="L-10",
        code="blank",
        statement="Something can be seen in it.",
        why="A picture of one colour is the wrong file more often than a logo.",
        source=OURS,
        bad=described("a PNG of one flat colour"),
        good=_GOOD,
    ),
)
