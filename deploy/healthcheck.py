"""The container's health check: exits with 0 if the web server answers on /livez."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

port = os.environ.get("PORT") or "8000"
host = urlsplit(os.environ["PORTAL_BASE_URL"]).hostname or "localhost"
request = urllib.request.Request(f"http://127.0.0.1:{port}/livez", headers={"Host": host})
with urllib.request.urlopen(request, timeout=3) as answer:
    sys.exit(0 if answer.status == 200 else 1)
