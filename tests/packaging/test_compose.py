"""docker-compose.yml: its shape, and that no secret has a default."""

import json
import os
import re
import sys

import jsonschema
import pytest
import yaml

from portal.environment import FROM_FILES
from tests.packaging.surroundings import ROOT, production, run
from tests.packaging.test_boot import REQUIRED

pytestmark = pytest.mark.once

TEXT = (ROOT / "docker-compose.yml").read_text()
SECRETS = ["SECRET_KEY", "POSTGRES_PASSWORD", "PORTAL_FERNET_KEYS", "PORTAL_AUDIT_KEY", "EMAIL_URL"]


@pytest.fixture
def compose():
    return yaml.safe_load(TEXT)


@pytest.fixture
def schema():
    text = (ROOT / "tests/packaging/schema/compose_spec.json").read_text()
    return jsonschema.Draft201909Validator(json.loads(text))


def test_it_keeps_to_the_compose_schema(compose, schema):
    schema.validate(compose)


def test_schema_would_find_a_misspelt_key(compose, schema):
    compose["services"]["web"]["comand"] = ["web"]
    with pytest.raises(jsonschema.ValidationError):
        schema.validate(compose)


def test_parts_are_there(compose):
    assert set(compose["services"]) == {"web", "worker", "migrate", "db", "caddy"}
    assert compose["services"]["caddy"]["profiles"] == ["tls"]
    assert set(compose["volumes"]) == {"database", "media", "caddy"}
    assert "pg_isready" in compose["services"]["db"]["healthcheck"]["test"][1]


# --- The same variables in the documents, in compose and in what is read -------------------------

COMPOSE_ONLY = {"POSTGRES_PASSWORD"}
NOT_IN_COMPOSE = {"DEBUG", "PORT", *(f"{name}_FILE" for name in FROM_FILES)}
"""One machine's own: a container serves people, and always on port 8000 of its own, and here no file of
secrets is mounted into it."""
COMPOSE_DECIDES = {"DATABASE_URL", "MEDIA_ROOT", "TRUSTED_PROXY_COUNT"}


def documented():
    """The variables in the tables of docs/operations.md, and the default of those that have one."""
    tables = (ROOT / "docs/operations.md").read_text()
    return dict(re.findall(r"^\| `([A-Z][A-Z_]+)` \| `?([^|`]*)", tables, re.MULTILINE))


def read_by_settings():
    listen = (
        "import json, portal.environment as e; names, real = set(), e.read_text;"
        "e.read_text = lambda name, *args, **more: names.add(name) or real(name, *args, **more);"
        "import portal.settings; print(json.dumps(sorted(names)))"
    )
    env = {"DEBUG": "true", "PATH": os.environ["PATH"]}
    return set(json.loads(run(sys.executable, "-c", listen, env=env).stdout))


def read_by_the_server():
    text = (ROOT / "deploy/gunicorn.conf.py").read_text()
    return set(re.findall(r"[(\[][\"']([A-Z][A-Z_]+)[\"']", text))


def test_what_is_read_is_documented_and_the_other_way_round():
    assert read_by_settings() | read_by_the_server() == set(documented()) - COMPOSE_ONLY


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_every_documented_variable_reaches_the_portal(compose, service):
    given = set(compose["services"][service]["environment"])
    assert given == set(documented()) - COMPOSE_ONLY - NOT_IN_COMPOSE
    assert set(REQUIRED) <= given


def test_what_compose_reads_is_documented():
    assert set(re.findall(r"\$\{([A-Z_]+)", TEXT)) <= set(documented())


def test_compose_has_the_defaults_of_the_documents(compose):
    """An empty one leaves the default to the settings, where it follows from another variable."""
    given = compose["services"]["web"]["environment"]
    for name in set(given) - set(REQUIRED) - COMPOSE_DECIDES:
        assert given[name] in (f"${{{name}:-{documented()[name]}}}", f"${{{name}:-}}")


def test_settings_have_the_defaults_of_the_documents(tmp_path):
    """Settings that are given each documented default are the settings that are given none."""
    asked = (
        "import json, portal.settings as s;"
        "print(json.dumps({n: repr(v) for n, v in sorted(vars(s).items()) if n.isupper()}))"
    )
    env = production(tmp_path)
    defaults = {name: value for name, value in documented().items() if name not in {*REQUIRED, *COMPOSE_ONLY}}
    defaults["PORTAL_MAIL_FROM"] = defaults["PORTAL_MAIL_FROM"].replace("host", "portal.example")
    bare, spelt = (
        json.loads(run(sys.executable, "-c", asked, env=given).stdout) for given in (env, env | defaults)
    )
    assert bare == spelt


@pytest.mark.parametrize("name", SECRETS)
def test_compose_refuses_to_start_without_a_secret(name):
    mentions = re.findall(r"\$\{" + name + r"([^}]*)\}", TEXT)
    assert mentions
    assert all(rest.startswith(":?") for rest in mentions)


def test_web_and_worker_wait_for_the_migration(compose):
    for service in ("web", "worker"):
        condition = compose["services"][service]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_nothing_but_caddy_is_open_to_the_outside(compose):
    open_ports = {name: service.get("ports", []) for name, service in compose["services"].items()}
    assert all(port.startswith("127.0.0.1:") for port in open_ports.pop("web"))
    assert open_ports.pop("caddy") == ["80:80", "443:443"]
    assert not any(open_ports.values())


def test_data_outlives_the_containers(compose):
    services = compose["services"]
    assert "database:/var/lib/postgresql/data" in services["db"]["volumes"]
    assert "media:/srv/media" in services["web"]["volumes"]
