"""Where the browser of the browser tests is."""

import os
import shutil
from pathlib import Path


def chromium():
    """The path of Chromium, or None."""
    named = os.environ.get("PORTAL_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
