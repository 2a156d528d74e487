"""The ASGI application that gunicorn loads: passes complete requests to the WSGI application."""

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from portal import body_sizes
from portal.security import PortalRequest
from portal.server import minutes
from portal.server.gateway import Environ, Gateway
from portal.wsgi import application as wsgi

THREADS = 4
"""Requests that a process handles at the same time."""


def is_too_long(environ: Environ, length: int) -> bool:
    """Whether a long body is left unread; if the database does not answer, it is."""
    close_old_connections()
    try:
        return body_sizes.is_too_long(PortalRequest(environ), length)
    except DatabaseError:
        return True
    finally:
        close_old_connections()


minutes.start(settings.EVERY_MINUTE)
application = Gateway(
    wsgi, threads=THREADS, longest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, is_too_long=is_too_long
)
