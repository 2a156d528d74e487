"""gunicorn's own lines: they go the way of all others, which portal.observability lays out."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from portal.environment import read_flag, read_text
from portal.observability import logging_config


class ServerLogger(Logger):
    """Writes what gunicorn says as the root logger writes; no access log, since the portal has its own.

    UvicornWorker gives the handlers of ``error_log`` to uvicorn's loggers, so it needs handlers of its own.
    """

    def setup(self, cfg: Any) -> None:
        logging_config(level=read_text("LOG_LEVEL", default="INFO").upper(), readable=read_flag("DEBUG"))
        self.cfg = cfg
        self.error_log.handlers = list(logging.getLogger().handlers)
        self.error_log.propagate = False
