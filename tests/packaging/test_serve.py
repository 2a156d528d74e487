"""What `make run` starts: web server and worker, and nothing left afterwards."""

import shutil
import signal
import subprocess
import sys

import pytest

from tests.packaging.surroundings import ROOT, ask, free_port, nobody_left, production

pytestmark = pytest.mark.once


@pytest.fixture
def env(tmp_path):
    """A new developer's own: no variable set that has a stand-in, but for the places of files."""
    keep = ("PATH", "DATABASE_URL", "EMAIL_URL", "MEDIA_ROOT")
    values = production(tmp_path)
    return {name: values[name] for name in keep} | {"PORT": free_port()}


def until_it_says(process, words):
    """The lines up to the one with these words, or all of them when it ends without."""
    for line in process.stdout:
        yield line
        if words in line:
            return


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_portal_runs_with_demo_people_until_told_to_end(env, tmp_path, number):
    serve = subprocess.Popen(
        [sys.executable, "bin/serve.py"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = list(until_it_says(serve, "Ctrl-C ends it"))
    assert ask(env["PORT"], "/", host=f"localhost:{env['PORT']}")[0] == 200
    serve.send_signal(number)
    rest, _ = serve.communicate(timeout=60)
    output = "".join(said) + rest
    assert serve.returncode == 0, output
    assert nobody_left(env["PORT"])
    assert f"http://localhost:{env['PORT']}" in output
    assert "partner@client.example" in output
    assert "demo-password" in output


def test_taken_port_ends_everything(env, tmp_path, migrated_file):
    """communicate() returns only when nobody holds the output any more: the worker has ended too."""
    shutil.copy(migrated_file, tmp_path / "portal.sqlite3")
    other = subprocess.Popen(
        [sys.executable, "-m", "http.server", env["PORT"], "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ask(env["PORT"], "/")
        serve = subprocess.run(
            [sys.executable, "bin/serve.py"], cwd=ROOT, env=env, capture_output=True, timeout=120
        )
    finally:
        other.terminate()
        other.wait()
    assert serve.returncode == 1
