"""docker-compose.yml: its shape, and that no secret has a default."""

import json
import re

import jsonschema
import pytest
import yaml

from tests.packaging.surroundings import ROOT
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


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_every_required_variable_reaches_the_portal(compose, service):
    assert set(REQUIRED) <= set(compose["services"][service]["environment"])


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
