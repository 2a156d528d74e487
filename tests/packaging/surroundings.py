"""Environments for the processes that these tests start."""

import os
import runpy
import secrets
import shutil
import socket
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.utils.functional import empty

from tests.support.keys import FERNET_KEY

ROOT = Path(__file__).resolve().parents[2]


def production(folder, **changes):
    """A production's environment on a database of its own; a change to None takes a variable away."""
    values = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PORTAL_AUDIT_KEY": secrets.token_urlsafe(64),
        "PORTAL_FERNET_KEYS": FERNET_KEY,
        "PORTAL_BASE_URL": "https://portal.example",
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "MEDIA_ROOT": str(folder / "media"),
        "PYTHONWARNINGS": "default",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def run(*command, env, timeout=120, cwd=ROOT):
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout)


def manage(*words, env):
    """What ``manage.py`` says and answers with these variables alone: a copy of this process becomes it.

    It has Django in it already, which a new interpreter would load first.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become_manage(words, env, writing)
    os.close(writing)
    with os.fdopen(reading) as output:
        said = output.read()
    return subprocess.CompletedProcess(words, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "", said)


def _become_manage(words, env, output):
    code = 70
    try:
        os.dup2(output, 2)
        sys.stdout = sys.stderr = os.fdopen(output, "w")
        os.environ.clear()
        os.environ.update(env)
        sys.argv = ["manage.py", *words]
        sys.modules.pop("portal.settings")
        settings._wrapped = empty
        runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
        sys.stderr.write(end.code if isinstance(end.code, str) else "")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def copied_to(folder):
    """What the portal runs from, without collected static files, in a place where it may change."""
    folder.mkdir()
    for name in ("deploy", "manage.py", "portal", "registrations", "static", "templates"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


def ask(port, path, host="portal.example", patience=60):
    """Status and body, as soon as somebody answers there."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def nobody_left(port):
    """Whether the port is free again."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) != 0
