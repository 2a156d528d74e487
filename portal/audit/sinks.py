"""Where the audit log is exported to, as ``PORTAL_AUDIT_SINK`` names it: each takes whole lines.

All of them raise OSError where a line may not have arrived.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from logging import INFO, LogRecord, makeLogRecord
from logging.handlers import SysLogHandler
from typing import Final
from urllib.parse import urlsplit

from django.utils import timezone

STDOUT: Final = "stdout"
_FILE, _SYSLOG = "file:", "syslog:"
SECONDS: Final = 5.0
"""How long a line may wait for a syslog server."""
_HEADER: Final = "1 {at} - client-registration - audit - "
"""What stands before the line in a message of RFC 5424, without host, process and structured data."""


def write_lines(sink: str, lines: Iterable[str]) -> None:
    """Write the lines to the sink, which ``portal.environment.parse_sink`` has checked, in their order."""
    if sink == STDOUT:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    elif sink.startswith(_FILE):
        _append(sink.removeprefix(_FILE), lines)
    else:
        _send(sink, lines)


def _append(path: str, lines: Iterable[str]) -> None:
    """Append to the file, which is opened anew: somebody may have rotated it away."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        for line in lines:
            whole, before = f"{line}\n".encode(), os.fstat(file).st_size
            if os.write(file, whole) < len(whole):
                os.ftruncate(file, before)  # or the next line would go on after half of this one
                raise OSError(errno.ENOSPC, "The line did not fit.")
        os.fsync(file)
    finally:
        os.close(file)


def _send(sink: str, lines: Iterable[str]) -> None:
    """Send each line as a message of RFC 5424: datagrams over UDP, or to the socket of this machine."""
    place = urlsplit(sink)
    address = (place.hostname, place.port) if place.hostname and place.port else place.path
    handler = _LoudHandler(address, facility=SysLogHandler.LOG_AUTHPRIV)
    handler.append_nul = False
    try:
        handler.socket.settimeout(SECONDS)  # type: ignore[attr-defined]  # the stubs leave it out
        for line in lines:
            text = _HEADER.format(at=timezone.now().isoformat()) + line
            handler.emit(makeLogRecord({"msg": text, "levelno": INFO, "levelname": "INFO"}))
    finally:
        handler.close()


class _LoudHandler(SysLogHandler):
    """Raises what goes wrong, which the standard library prints and forgets."""

    def handleError(self, record: LogRecord) -> None:  # noqa: N802 - the name of the standard library
        raise
