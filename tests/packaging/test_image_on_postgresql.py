"""The image in front of the database that production has."""

import pytest
from django.db import connection

from tests.packaging.surroundings import ask, free_port, production, run
from tests.packaging.test_image import ENTRY, ended, started

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_image_migrates_and_serves_postgresql(tmp_path, collected):
    """On the test's own database, which the fixture has migrated already."""
    env = production(tmp_path, PORT=free_port(), WEB_CONCURRENCY="1")
    db = connection.settings_dict
    env["DATABASE_URL"] = f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    assert run(ENTRY, "migrate", env=env).returncode == 0
    web = started([ENTRY, "web"], env)
    try:
        assert ask(env["PORT"], "/readyz")[0] == 200
    finally:
        ended(web)
