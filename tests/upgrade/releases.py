"""Two releases of the portal side by side: each a checkout, an environment and processes of its own."""

import fcntl
import hashlib
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.packaging.surroundings import ROOT, ask, free_port, production
from tests.support.scale import FULL

ENTRY = "deploy/entrypoint.sh"
LOCK = "requirements/base.txt"
COMMIT = (Path(__file__).parent / "previous_release").read_text().strip()
"""What serves while the present state of the project migrates; named anew with each release."""


KEYS = {
    name: value for name, value in production(ROOT).items() if name in ("SECRET_KEY", "PORTAL_FERNET_KEYS")
}
"""The same for both releases: who signed in with one is signed in with the other."""


class UnknownReleaseError(Exception):
    """The repository does not hold the previous release."""


@dataclass
class Release:
    """A checkout, and the programs that it runs with."""

    folder: Path
    programs: Path

    def environment(self, database, **changes):
        around = production(self.folder.parent, DATABASE_URL=database, TRUSTED_PROXY_COUNT="1") | KEYS
        return around | {"PATH": f"{self.programs}:{around['PATH']}"} | changes

    def run(self, *command, database, succeeds=True, **changes):
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(database, **changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
        )
        assert (done.returncode == 0) is succeeds, done.stdout[-3000:]
        return done.stdout

    def migrate(self, database):
        """The database sees it under this name."""
        return self.run("python", "manage.py", "migrate", database=database, PGAPPNAME="migrate")

    @contextmanager
    def serving(self, database, log):
        """The port on which it answers; what it writes goes into the file ``log``."""
        if not (self.folder / "staticfiles").exists():
            self.run("python", "manage.py", "collectstatic", "--noinput", database=database)
        port = free_port()
        environment = self.environment(database, PORT=port, WEB_CONCURRENCY="2" if FULL else "1")
        with log.open("a") as file:
            web = subprocess.Popen([ENTRY, "web"], cwd=self.folder, env=environment, stdout=file, stderr=file)
            try:
                assert ask(port, "/livez")[0] == 200
                yield port
            finally:
                web.send_signal(signal.SIGTERM)
                web.wait(timeout=60)


def previous_release(folder):
    """The commit in ``previous_release``, with what it pins."""
    pinned = _git("show", f"{COMMIT}:{LOCK}")
    archive = _git("archive", COMMIT)
    (folder / "previous").mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", folder / "previous"], input=archive, check=True)
    return Release(folder / "previous", _programs(pinned))


def this_release(folder):
    """A copy of the files as they are."""
    names = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, folder / "this" / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return Release(folder / "this", Path(sys.executable).parent)


def changed(release, folder, files):
    """A copy of the release with some more files in it: texts by their path."""
    shutil.copytree(release.folder, folder / "changed")
    for path, text in files.items():
        (folder / "changed" / path).write_text(text)
    return Release(folder / "changed", release.programs)


def _git(*command):
    trusted = ["-c", f"safe.directory={ROOT}"]
    done = subprocess.run(["git", *trusted, *command], cwd=ROOT, capture_output=True)
    if done.returncode:
        raise UnknownReleaseError(f"git {' '.join(command)}: {done.stderr.decode().strip()}")
    return done.stdout


def _programs(pinned):
    """The environment of this run where it pins the same; else one that is made once and kept."""
    if pinned == (ROOT / LOCK).read_bytes():
        return Path(sys.executable).parent
    folder = ROOT / f".venv-previous-{hashlib.sha256(pinned).hexdigest()[:12]}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            (folder / "pinned.txt").write_bytes(pinned)
            install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin/python", *install, "-r", folder / "pinned.txt"], check=True)
            (folder / "complete").touch()
    return folder / "bin"
