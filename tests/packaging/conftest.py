import pytest

from tests.packaging.surroundings import production, run


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A database that the image has migrated, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    result = run("deploy/entrypoint.sh", "migrate", env=production(folder))
    assert result.returncode == 0, result.stderr
    return folder / "portal.sqlite3"
