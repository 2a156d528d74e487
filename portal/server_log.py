"""Sends gunicorn's own log lines through the logging of portal.observability."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from portal.environment import read_flag, read_text
from portal.observability import logging_config


class ServerLogger(Logger):
    """gunicorn's logger, formatted like the root logger; no access log, since the portal has its own.

    UvicornWorker copies the handlers of ``error_log`` to uvicorn's loggers, so ``error_log`` needs its own.
    """

    def setup(self, cfg: Any) -> None:
        logging_config(level=read_text("LOG_LEVEL", default="INFO").upper(), readable=read_flag("DEBUG"))
        self.cfg = cfg
        self.error_log.handlers = list(logging.getLogger().handlers)
        self.error_log.propagate = False
