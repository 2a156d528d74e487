"""A PostgreSQL server for one test, which can be frozen at any moment."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.packaging.surroundings import free_port
from tests.support.needs import missing


def _programs():
    """The folder with the programs of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).parent
    return missing("the programs of a PostgreSQL server (initdb)")


class Cluster:
    """A running server, reached at ``url`` without a password and only from localhost."""

    def __init__(self, folder, port):
        self.folder, self.port = Path(folder), port
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"

    def stop(self):
        """Freeze the server as if its machine hung: nothing is closed, nothing is answered."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def go_on(self):
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def _processes(self):
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]


@contextmanager
def cluster():
    programs = _programs()
    as_nobody = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        if as_nobody:
            shutil.chown(folder, "postgres")
        port = free_port()
        data = f"--pgdata={folder}/data"

        def run(*command):
            subprocess.run([*as_nobody, *command], check=True, stdout=subprocess.DEVNULL, timeout=120)

        run(programs / "initdb", data, "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run(programs / "pg_ctl", data, f"--log={folder}/log", "--wait", f"--options={options}", "start")
        running = Cluster(folder, port)
        try:
            yield running
        finally:
            running.go_on()
            run(programs / "pg_ctl", data, "--mode=immediate", "stop")
