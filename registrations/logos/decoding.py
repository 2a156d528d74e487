"""Decode an uploaded picture in a process of its own, with limits on memory and time.

A decoder is a lot of C code that reads a stranger's bytes. Whatever happens in it, it cannot use up the
site's memory, it has none of the site's keys in its environment, and it ends soon.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from registrations.rules import logos
from registrations.rules.findings import Finding, Severity
from registrations.rules.logos import AcceptedLogo, LogoTraits

MEMORY: Final = 128 * 1024 * 1024
"""Bytes that the process may write to. The code of Python and its libraries, about 12 MiB, comes on top;
together that is less than 150 MB."""
ADDRESSES: Final = 256 * 1024 * 1024
"""Bytes of address space, for a kernel that does not count mapped memory against ``MEMORY``."""
CPU_SECONDS: Final = 2
SECONDS: Final = 10
"""Time limit by the clock, enough for a machine that is busy with other things."""
_ROOT: Final = Path(__file__).resolve().parents[2]


def accept(raw: bytes) -> AcceptedLogo | list[Finding]:
    """Like ``rules.logos.accept``; a process that dies or takes too long means an unreadable image.

    The process writes a line of JSON, then the PNGs, whose lengths are in that line.
    """
    try:
        written = io.BytesIO(run(["-m", __name__], raw))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return [logos.UNREADABLE]
    answer = json.loads(written.readline())
    if "traits" not in answer:
        return [Finding(**{**one, "severity": Severity(one["severity"])}) for one in answer["findings"]]
    png, *smaller = (written.read(length) for length in answer["lengths"])
    return AcceptedLogo(png, dict(zip(logos.SIDES, smaller, strict=True)), LogoTraits(**answer["traits"]))


def run(arguments: list[str], raw: bytes) -> bytes:
    """Run Python with an empty environment and return what it writes.

    Nothing in ``arguments`` comes from a request. Raises ``subprocess.SubprocessError`` where it fails or
    takes too long.
    """
    command = [sys.executable, "-B", *arguments]
    done = subprocess.run(  # noqa: S603 — see above
        command, input=raw, capture_output=True, timeout=SECONDS, cwd=_ROOT, env={}, check=True
    )
    return done.stdout


def limit() -> None:
    """Give up every resource that decoding a picture does not need."""
    for what, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_AS, ADDRESSES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Read the picture from stdin and write the answer that :func:`accept` reads."""
    limit()
    answer = logos.accept(sys.stdin.buffer.read())
    pngs: list[bytes] = []
    if isinstance(answer, AcceptedLogo):
        pngs = [answer.png, *(answer.smaller[side] for side in logos.SIDES)]
        line = {"traits": asdict(answer.traits), "lengths": [len(png) for png in pngs]}
    else:
        line = {"findings": [finding.as_json() for finding in answer]}
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + b"".join(pngs))


if __name__ == "__main__":
    main()
