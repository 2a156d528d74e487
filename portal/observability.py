"""Logging and health checks: one log line per request, ``/livez`` and ``/readyz``.

Log lines hold no personal data, request bodies, query strings or paths (a path can contain a token from
an email). They identify a request by its route and a person by their pseudonym.
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
# At DEBUG these would log SQL parameters, addresses or noise.
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
"""Loggers whose lines may quote what came over a connection."""
PROBES = ("livez", "readyz", "metrics")
"""Routes that machines request every few seconds."""
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
UNRESOLVED = "(no route)"
BEGAN = "portal.began"
"""WSGI environment key: the ``time.perf_counter`` when the headers had arrived. Measured from there, a
request's duration includes the time for its body to arrive and for a thread to be free."""
OWN_PLACE = re.compile(r"\('0\.0\.0\.0', (\d+)\)")
"""The address that gunicorn listens on, as its log lines and errors write it."""
PEER = re.compile(r" from ip=.*?: ")
ADDRESS = re.compile(r"(?!0\.0\.0\.0)\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
PATH = re.compile(r"[a-z]+://[^\s/]+/\S*|(?<![\w:/])/\S*")

log = structlog.stdlib.get_logger("portal.request")

Line = MutableMapping[str, Any]
STAMPS: tuple[structlog.typing.Processor, ...] = (
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
"""What every log line begins with."""
AS_JSON = structlog.processors.JSONRenderer()


def logging_config(level: str, readable: bool) -> None:
    """Send all logs to standard error, as JSON lines or in a readable form for developers.

    Raises ImproperlyConfigured, naming LOG_LEVEL, for a level that does not exist.
    """
    if level not in LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL has to be one of {', '.join(LEVELS)}.")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *STAMPS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
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
                # The development server logs paths and queries; RequestLogMiddleware logs the route.
                "django.server": {"handlers": [], "propagate": False},
                "uvicorn.access": {"handlers": [], "propagate": False},
            },
        }
    )
    logging.captureWarnings(True)


def formatter(*, readable: bool) -> structlog.stdlib.ProcessorFormatter:
    """The formatter of all log lines. Every record is one line, except a developer's tracebacks."""
    # Others that are installed for tests would show local variables, and so tokens and secrets.
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    brief: list[structlog.typing.Processor] = [only_faults_with_traces, console]
    last = brief if readable else [name_exception, AS_JSON]
    return structlog.stdlib.ProcessorFormatter(
        pass_foreign_args=True,
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            without_peer,
            class_for_signals,
            route_for_path,
            *STAMPS,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, on_one_line, *last],
    )


def is_no_file(record: logging.LogRecord) -> bool:
    """Whether to show the record to a developer: not if it is a successful request for a static file.

    A request that matches no route but succeeds was for a static file.
    """
    line: Any = record.msg
    if not isinstance(line, dict) or line.get("event") != "request":
        return True
    return bool(line["route"] != UNRESOLVED or line["status"] >= 400)


def only_faults_with_traces(logger: Any, name: str, line: Line) -> Line:
    """Drop the tracebacks of warnings: Django logs ordinary refusals as such, and nobody needs theirs."""
    if line.get("level") == "warning":
        line.pop("exc_info", None)
    return line


def route_for_path(logger: Any, name: str, line: Line) -> Line:
    """Replace the request's path in Django's own log lines with its route."""
    args = line.pop("positional_args", None)
    request = getattr(line["_record"], "request", None)
    if isinstance(request, HttpRequest) and isinstance(args, tuple):
        shown = (request.path, _escaped(request.path))  # Django escapes some of what it logs
        routed = tuple(route_of(request) if part in shown else part for part in args)
        line["event"] = str(line["_record"].msg) % routed if routed else line["event"]
    return line


def without_peer(logger: Any, name: str, line: Line) -> Line:
    """Remove quoted input, addresses and paths from the log lines of the web server.

    An exception is shown by its class.
    """
    record: logging.LogRecord = line["_record"]
    if record.name.partition(".")[0] not in SERVERS:
        return line
    said, args = record.msg, line.get("positional_args")
    if isinstance(said, BaseException):
        said = type(said).__name__
    elif isinstance(args, tuple) and args:
        said = str(said) % tuple(
            type(arg).__name__ if isinstance(arg, BaseException) else arg for arg in args
        )
    elif args:
        said = said % args
    first = OWN_PLACE.sub(r"0.0.0.0:\1", str(said).partition("\n")[0])
    unquoted = re.split(r"(?<![A-Za-z0-9])b?['\"]", first, maxsplit=1)[0]
    line["event"] = PATH.sub("(path)", ADDRESS.sub("(address)", PEER.sub(": ", unquoted))).rstrip(" :(")
    return line


def class_for_signals(logger: Any, name: str, line: Line) -> Line:
    """Log only the exception's class for django.security, whose messages quote client input such as Host."""
    record: logging.LogRecord = line["_record"]
    if record.name.startswith("django.security.") and record.exc_info and record.exc_info[0]:
        line["event"] = record.exc_info[0].__name__
    return line


def on_one_line(logger: Any, name: str, line: Line) -> Line:
    """Escape everything unprintable, so that no value can start a new log line."""
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = "".join(mark if mark.isprintable() else _escaped(mark) for mark in value)
    return line


def _escaped(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def name_exception(logger: Any, name: str, line: Line) -> Line:
    """Log an exception's class and frames, but not its message, which may quote user input."""
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
    """Gives each request an id and logs one line for it; a well-formed ``X-Request-ID`` is kept.

    A probe that is answered 200 is logged at DEBUG only. The user's pseudonym is logged where the view has
    loaded the user, because logging must not query the database; of an authorization server, how its token
    begins.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        about = request_id(request.headers.get("X-Request-ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=about):
            began = request.META.get(BEGAN) or time.perf_counter()
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            pseudonym = getattr(getattr(request, "_cached_user", None), "pseudonym", None)
            is_content = response.status_code == 200 and route_of(request) in PROBES
            log.log(
                logging.DEBUG if is_content else logging.INFO,
                "request",
                method=(request.method or "")[:16],
                route=route_of(request),
                status=response.status_code,
                duration_ms=round(seconds * 1000, 1),
                actor=str(pseudonym) if pseudonym else getattr(request, "caller", None),
            )
        response["X-Request-ID"] = about
        return response


def request_id(given: str) -> str:
    """``given`` if it is well-formed, or else a new id."""
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def current_request_id() -> str:
    """The id of the request that this thread is answering; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def livez(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, without touching the database or anything else."""
    return JsonResponse({"alive": True})


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether the portal is ready, with the names of the checks that failed and nothing more."""
    failed = []
    for name, check in readiness_checks.items():
        try:
            passes = check()
        except Error:
            passes = False
        if not passes:
            failed.append(name)
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)


def database_answers() -> bool:
    """Whether the database answers a query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def migrations_applied() -> bool:
    """Whether this release's migrations are applied.

    A database that is ahead is fine: this release goes on serving while the next one migrates.
    """
    applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    return _migrations_of_this_release() <= applied


@cache
def _migrations_of_this_release() -> frozenset[tuple[str, str]]:
    """The migrations on disk, read once, since a process keeps running the code it started with."""
    return frozenset(MigrationLoader(None).disk_migrations)


readiness_checks: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_applied,
}
"""The checks of ``/readyz`` by name. Other apps add theirs in ``AppConfig.ready``."""
