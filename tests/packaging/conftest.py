import fcntl
import tempfile
from pathlib import Path

import pytest

from tests.packaging.surroundings import ROOT, production, run


@pytest.fixture(scope="session")
def collected(tmp_path_factory):
    """The static files of this checkout, where a server without DEBUG looks for them."""
    with (Path(tempfile.gettempdir()) / "portal-collectstatic.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other processes of this run collect as well
        env = production(tmp_path_factory.mktemp("collecting"))
        result = run("deploy/entrypoint.sh", "collectstatic", "--noinput", env=env)
    assert result.returncode == 0, result.stderr
    return ROOT / "staticfiles"
