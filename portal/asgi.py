"""The ASGI application that gunicorn loads: passes complete requests to the WSGI application."""

from django.conf import settings

from portal.server.gateway import Gateway
from portal.wsgi import application as wsgi

THREADS = 4
"""Requests that a process handles at the same time."""

application = Gateway(wsgi, threads=THREADS, longest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
