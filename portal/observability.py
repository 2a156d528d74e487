"""What operators see of a running portal: one log line a request, ``/livez`` and ``/readyz``.

Lines hold no personal data, no request bodies, no query strings and no paths (a path can carry the
token of an email): a request is named by its route, a person by the pseudonym.
"""

import logging
import logging.config
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# These would write SQL parameters, addresses or mere noise at DEBUG.
NEVER_BELOW_INFO = (
    "django.db.backends",
    "django.template",
    "urllib3",
    "PIL",
    "asyncio",
    "botocore",
    "gunicorn",
    "uvicorn",
    "redis",
)
SERVERS = ("gunicorn", "uvicorn", "asyncio")
"""Loggers that speak of connections, and quote what came over them."""
PROBES = ("livez", "readyz", "metrics")
"""Routes that machines ask every few seconds."""
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
UNRESOLVED = "(no route)"
BEGAN = "portal.began"
"""Key of the WSGI environment: when the headers were there, by ``time.perf_counter``. The client has waited
since then, for its own body and for a thread as well."""
OWN_PLACE = re.compile(r"\('0\.0\.0\.0', (\d+)\)")
"""Where gunicorn listens, or cannot, as it writes it."""
PEER = re.compile(r" from ip=.*?: ")
ADDRESS = re.compile(r"(?!0\.0\.0\.0)\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
PATH = re.compile(r"[a-z]+://[^\s/]+/\S*|(?<![\w:/])/\S*")

log = structlog.stdlib.get_logger("portal.request")

Line = MutableMapping[str, Any]


def logging_config(level: str, readable: bool) -> None:
    """Send everything that is logged to standard error: JSON lines, or readable ones for a developer.

    Raises ImproperlyConfigured, naming LOG_LEVEL, for a level that does not exist.
    """
    if level not in LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL has to be one of {', '.join(LEVELS)}.")
    _configure_structlog()
    quieter = "INFO" if level == "DEBUG" else level
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": lambda: formatter(readable=readable)}},
            "filters": {"no_files": {"()": lambda: is_no_file}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "line",
                    "filters": ["no_files"] if readable else [],
                }
            },
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                **{name: {"level": quieter} for name in NEVER_BELOW_INFO},
                # The development server writes whole request lines; RequestLogMiddleware does it better.
                "django.server": {"handlers": [], "propagate": False},
                "uvicorn.access": {"handlers": [], "propagate": False},
            },
        }
    )
    logging.captureWarnings(True)


def formatter(*, readable: bool) -> structlog.stdlib.ProcessorFormatter:
    """The one formatter of all lines; its output is always one line, but for a developer's tracebacks."""
    console = structlog.dev.ConsoleRenderer(colors=False)
    brief: list[structlog.typing.Processor] = [_only_faults_with_traces, console]
    last = brief if readable else [_name_exception, _json]
    return structlog.stdlib.ProcessorFormatter(
        pass_foreign_args=True,
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            _no_peer,
            _class_for_signals,
            _route_for_path,
            *_stamps(),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _on_one_line, *last],
    )


def is_no_file(record: logging.LogRecord) -> bool:
    """Whether the line is worth a developer's eye: one for each static file is not.

    A request that finds no route and is answered all the same is one for a file.
    """
    line: Any = record.msg
    if not isinstance(line, dict) or line.get("event") != "request":
        return True
    return bool(line["route"] != UNRESOLVED or line["status"] >= 400)


def _only_faults_with_traces(logger: Any, name: str, line: Line) -> Line:
    """An ordinary refusal is a warning of Django's: where it was raised helps nobody."""
    if line.get("level") == "warning":
        line.pop("exc_info", None)
    return line


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *_stamps(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _stamps() -> list[structlog.typing.Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


_json = structlog.processors.JSONRenderer()


def _route_for_path(logger: Any, name: str, line: Line) -> Line:
    """Django's own lines end in the path of the request: put the route in its place."""
    args = line.pop("positional_args", None)
    request = getattr(line["_record"], "request", None)
    if isinstance(request, HttpRequest) and isinstance(args, tuple):
        shown = (request.path, _escaped(request.path))  # Django escapes some of what it logs
        routed = tuple(route_of(request) if part in shown else part for part in args)
        line["event"] = str(line["_record"].msg) % routed if routed else line["event"]
    return line


def _no_peer(logger: Any, name: str, line: Line) -> Line:
    """Take the words of a request, addresses and paths out of what a server says of a connection."""
    record: logging.LogRecord = line["_record"]
    if record.name.partition(".")[0] in SERVERS:
        said = _with_classes_for_exceptions(record.msg, line.get("positional_args")).partition("\n")[0]
        said = OWN_PLACE.sub(r"0.0.0.0:\1", said)
        unquoted = re.split(r"(?<![A-Za-z0-9])b?['\"]", said, maxsplit=1)[0]
        line["event"] = PATH.sub("(path)", ADDRESS.sub("(address)", PEER.sub(": ", unquoted))).rstrip(" :(")
    return line


def _class_for_signals(logger: Any, name: str, line: Line) -> Line:
    """Django words what it refuses with what the client sent, such as the host."""
    record: logging.LogRecord = line["_record"]
    if record.name.startswith("django.security.") and record.exc_info and record.exc_info[0]:
        line["event"] = record.exc_info[0].__name__
    return line


def _with_classes_for_exceptions(template: Any, args: Any) -> str:
    """The line's words, with the class of an exception where its message would stand."""
    if isinstance(template, BaseException):
        return type(template).__name__
    if not isinstance(args, tuple) or not args:
        return str(template % args if args else template)
    return str(template) % tuple(
        type(arg).__name__ if isinstance(arg, BaseException) else arg for arg in args
    )


def _on_one_line(logger: Any, name: str, line: Line) -> Line:
    """Escape everything unprintable, so that no value can begin a line of its own."""
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = "".join(mark if mark.isprintable() else _escaped(mark) for mark in value)
    return line


def _escaped(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def _name_exception(logger: Any, name: str, line: Line) -> Line:
    """Class and place of an exception; its message may quote what somebody typed."""
    caught = line.pop("exc_info", None)
    if caught is True:
        caught = sys.exc_info()
    error = caught[1] if isinstance(caught, tuple) else caught
    if isinstance(error, BaseException):
        line["exception"] = type(error).__name__
        line["frames"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
    return line


def route_of(request: HttpRequest) -> str:
    """The name of the request's route; never its path."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else UNRESOLVED


class RequestLogMiddleware:
    """Gives each request an id, kept from a well-formed ``X-Request-ID``, and writes one line for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        about = request_id(request.headers.get("X-Request-ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=about):
            began = request.META.get(BEGAN) or time.perf_counter()
            response = self.get_response(request)
            _write_line(request, response, seconds=time.perf_counter() - began)
        response["X-Request-ID"] = about
        return response


def request_id(given: str) -> str:
    """``given``, where it is well-formed, else a new one."""
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _write_line(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """A probe that is answered 200 is logged at DEBUG only."""
    is_content = response.status_code == 200 and route_of(request) in PROBES
    log.log(
        logging.DEBUG if is_content else logging.INFO,
        "request",
        method=(request.method or "")[:16],
        route=route_of(request),
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
        actor=_actor(request),
    )


def _actor(request: HttpRequest) -> str | None:
    """Only somebody whom the view has already looked up: a log line asks the database nothing."""
    user = getattr(request, "_cached_user", None)
    pseudonym = getattr(user, "pseudonym", None)
    return str(pseudonym) if pseudonym else None


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of anything else."""
    return JsonResponse({"alive": True})


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the portal can do its work; names the checks that failed, and no more than that."""
    failed = [name for name, check in readiness_checks.items() if not _passes(check)]
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Error:
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _migrations_applied() -> bool:
    """A database that is ahead is fine: the previous release goes on serving while the next one migrates."""
    applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    return _migrations_of_this_release() <= applied


@cache
def _migrations_of_this_release() -> frozenset[tuple[str, str]]:
    """Read from disk once: a process goes on running the code that it was started with."""
    return frozenset(MigrationLoader(None).disk_migrations)


readiness_checks: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _migrations_applied,
}
"""What ``/readyz`` asks, by name. Rooms above add their own when their app is ready."""
