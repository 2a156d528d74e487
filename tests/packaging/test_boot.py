"""A variable that is missing or cannot work stops the boot: one line, by name, without its value."""

import json
import re
import shutil
import sqlite3
import sys
from datetime import UTC, datetime, timedelta

import pytest

from portal.environment import FROM_FILES
from tests import settings as test_settings
from tests.packaging.surroundings import ROOT, copied_to, free_port, manage, production, run

pytestmark = pytest.mark.once

ENTRY = "deploy/entrypoint.sh"
REQUIRED = [
    "SECRET_KEY",
    "DATABASE_URL",
    "PORTAL_BASE_URL",
    "PORTAL_FERNET_KEYS",
    "PORTAL_AUDIT_KEY",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "ALLOWED_HOSTS",
]
OPTIONAL = [
    "CACHE_URL",
    "TRUSTED_PROXY_COUNT",
    "LOG_LEVEL",
    "PORTAL_MAIL_FROM",
    "PORTAL_ISSUER_STAGING",
    "PORTAL_ISSUER_PRODUCTION",
    "PORTAL_PREFLIGHT",
    "PORTAL_REVIEW_TARGET_DAYS",
    "PORTAL_PKCE_SECOND_PERSON",
    "PORTAL_STAFF_SECOND_FACTOR",
    "PORTAL_SUPPORT",
    "PORTAL_SECURITY_CONTACT",
    "PORTAL_SECURITY_EXPIRES",
    "PORTAL_WEBHOOK_STAGING_URL",
    "PORTAL_WEBHOOK_STAGING_KEYS",
    "PORTAL_WEBHOOK_PRODUCTION_URL",
    "PORTAL_WEBHOOK_PRODUCTION_KEYS",
    "PORTAL_OIDC_ISSUER",
    "PORTAL_OIDC_CLIENT_ID",
    "PORTAL_OIDC_CLIENT_SECRET",
    "PORTAL_OIDC_NAME",
    "PORTAL_OIDC_DOMAIN",
    "PORTAL_OIDC_CLAIM",
    "PORTAL_OIDC_GROUPS_CLAIM",
    "PORTAL_OIDC_REVIEWERS",
    "PORTAL_OIDC_PKCE_APPROVERS",
    "PORTAL_OIDC_ACR",
    "PORTAL_OIDC_AMR",
    "PORTAL_OIDC_SCOPES",
    *(f"{name}_FILE" for name in FROM_FILES),
    "DEBUG",
    "PORT",
    "WEB_CONCURRENCY",
]
KEY, OTHER_KEY = (
    "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTEyMzQ=",
    "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTU2Nzg=",
)
LONG = "canary-".join("abcdefghijk")
WEBHOOKS = {
    "PORTAL_WEBHOOK_STAGING_URL": "https://auth.example/hooks",
    "PORTAL_WEBHOOK_STAGING_KEYS": "whsec_plJ3nmyCDGBKInavdOK15jslcanary00",
    "PORTAL_WEBHOOK_PRODUCTION_URL": "https://10.0.0.7:8443/hooks?of=portal",
    "PORTAL_WEBHOOK_PRODUCTION_KEYS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,"
    "whsec_0123456789abcdefghijklmnopqrstuv",
}
CANNOT_WORK_AS_WEBHOOK = [
    ("URL", None),
    ("KEYS", None),
    ("URL", "canary"),
    ("URL", "http://canary.example/hooks"),
    ("URL", "http://localhost/canary"),
    ("URL", "https://canary@auth.example/hooks"),
    ("URL", "https://auth.example/hooks#canary"),
    ("URL", "https://auth..canary/hooks"),
    ("URL", "https://canäry.example/hooks"),
    ("KEYS", "canary"),
    ("KEYS", ","),
    ("KEYS", "plJ3nmyCDGBKInavdOK15jslcanary00"),
    ("KEYS", "whsec_canary"),
    ("KEYS", "whsec_" + "A" * 32),
    ("KEYS", ",".join(f"whsec_canary0{number}canary0123456789zyxwvu" for number in range(3))),
]
PROVIDER = {
    "PORTAL_OIDC_ISSUER": "https://sign-in.example/realms/staff",
    "PORTAL_OIDC_CLIENT_ID": "portal",
    "PORTAL_OIDC_CLIENT_SECRET": "a-secret-of-canary",
    "PORTAL_OIDC_NAME": "Acme",
    "PORTAL_OIDC_DOMAIN": "portal.example",
    "PORTAL_OIDC_REVIEWERS": "client-reviewers",
}
CANNOT_WORK_AS_PROVIDER = [
    *((name, None) for name in PROVIDER),
    ("PORTAL_OIDC_ISSUER", "canary"),
    ("PORTAL_OIDC_ISSUER", "http://canary.example"),
    ("PORTAL_OIDC_ISSUER", "http://localhost:9000/canary"),
    ("PORTAL_OIDC_ISSUER", "https://canary@sign-in.example"),
    ("PORTAL_OIDC_ISSUER", "https://sign-in.example/?canary"),
    ("PORTAL_OIDC_ISSUER", "https://sign-in.example/#canary"),
    ("PORTAL_OIDC_ISSUER", "https://canäry.example"),
    ("PORTAL_OIDC_ISSUER", f"https://sign-in.example/{'canary' * 40}"),
    ("PORTAL_OIDC_NAME", "canary" * 7),
    ("PORTAL_OIDC_DOMAIN", "somebody@canary.example"),
    ("PORTAL_OIDC_DOMAIN", "canary.example, other.example"),
    ("PORTAL_OIDC_CLAIM", "canary"),
    ("PORTAL_OIDC_CLAIM", "canary="),
    ("PORTAL_OIDC_CLAIM", "=canary"),
    ("PORTAL_OIDC_REVIEWERS", ","),
    ("PORTAL_OIDC_PKCE_APPROVERS", " , "),
    ("PORTAL_OIDC_ACR", ","),
    ("PORTAL_OIDC_AMR", ","),
    ("PORTAL_OIDC_SCOPES", "email canary"),
]
TODAY = datetime.now(UTC).date()
CONTACT = {
    "PORTAL_SECURITY_CONTACT": "mailto:security@portal.example, https://portal.example/report",
    "PORTAL_SECURITY_EXPIRES": str(TODAY + timedelta(days=364)),
}
CANNOT_WORK_AS_CONTACT = [
    *((name, None) for name in CONTACT),
    ("PORTAL_SECURITY_CONTACT", ","),
    ("PORTAL_SECURITY_CONTACT", "canary@portal.example"),
    ("PORTAL_SECURITY_CONTACT", "mailto:canary"),
    ("PORTAL_SECURITY_CONTACT", "mailto:canäry@portal.example"),
    ("PORTAL_SECURITY_CONTACT", "http://canary.example"),
    ("PORTAL_SECURITY_CONTACT", "https://portal.example/report, tel:canary"),
    ("PORTAL_SECURITY_CONTACT", "https://portal.example\nContact: https://canary.example"),
    ("PORTAL_SECURITY_EXPIRES", "canary"),
    ("PORTAL_SECURITY_EXPIRES", "2026-02-30"),
    ("PORTAL_SECURITY_EXPIRES", "31.12.2026"),
    ("PORTAL_SECURITY_EXPIRES", str(TODAY + timedelta(days=366))),
]
CANNOT_WORK = [
    ("SECRET_KEY", "short-canary"),
    ("SECRET_KEY", "changeme-" * 10),
    ("PORTAL_BASE_URL", "https://canary.example#"),
    ("PORTAL_BASE_URL", "https://canary.example?"),
    ("SECRET_KEY", LONG + "\udcff"),
    ("DATABASE_URL", "canary"),
    ("DATABASE_URL", "mysql://portal:canary@db/portal"),
    ("DATABASE_URL", "postgres://portal:canary@db:many/portal"),
    ("DATABASE_URL", "postgres://portal:canary@db:5432/"),
    ("DATABASE_URL", "postgres://portal:canary@db:5432"),
    ("DATABASE_URL", "postgres://portal:12/canary@db:5432/portal"),
    ("DATABASE_URL", "postgres://portal:12#canary@db:5432/portal"),
    ("DATABASE_URL", "postgres://portal:canary@db:5432/portal?sslmod=require"),
    ("DATABASE_URL", "postgres://portal:canary@db:5432/portal?sslmode=canary"),
    ("DATABASE_URL", "postgres://portal:canary@db:5432/portal?atomic_requests=true"),
    ("DATABASE_URL", "postgres://portal:can\nary@db:5432/portal"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite://:memory:"),
    ("DATABASE_URL", "sqlite:///canary.sqlite3"),
    ("DATABASE_URL", "sqlite:////srv/canary.sqlite3?timeout=5"),
    ("PORTAL_BASE_URL", "http://canary.example"),
    ("PORTAL_BASE_URL", "https://canary.example/portal"),
    ("PORTAL_BASE_URL", "canary.example"),
    ("PORTAL_BASE_URL", "https://canary@portal.example"),
    ("PORTAL_BASE_URL", "https://canäry.example"),
    ("PORTAL_BASE_URL", "https://portal.exam\tple"),
    ("ALLOWED_HOSTS", "canary.example"),
    ("ALLOWED_HOSTS", "https://portal.example"),
    ("ALLOWED_HOSTS", "portal.example,canary.example:8000"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "portal.example,*"),
    ("ALLOWED_HOSTS", ","),
    ("PORTAL_FERNET_KEYS", "canary"),
    ("PORTAL_FERNET_KEYS", ","),
    ("PORTAL_FERNET_KEYS", f"{KEY},{KEY}"),
    ("PORTAL_AUDIT_KEY", "canary"),
    ("EMAIL_URL", "canary"),
    ("EMAIL_URL", "pigeon://canary"),
    ("EMAIL_URL", "smtp+tls://"),
    ("EMAIL_URL", "smtp+tls://user:canary@"),
    ("EMAIL_URL", "smtp+tls://canary@mail.example:587"),
    ("EMAIL_URL", "smtp+tls://user:canary@mail.example:587/path"),
    ("EMAIL_URL", "smtp+tls://user:canary@mail.example:587?timeout=3"),
    ("EMAIL_URL", "smtp+tls://user:canary@mail.example:465"),
    ("EMAIL_URL", "smtps://user:canary@mail.example:465"),
    ("EMAIL_URL", "smtp+ssl://user:canary@mail.example:587"),
    ("EMAIL_URL", "filemail://"),
    ("EMAIL_URL", "filemail:///canary"),
    ("MEDIA_ROOT", "canary/media"),
    ("CACHE_URL", "canary"),
    ("CACHE_URL", "pigeon://canary"),
    ("CACHE_URL", "pymemcache://canary:11211"),
    ("CACHE_URL", "locmemcache://canary"),
    ("CACHE_URL", "dummycache://canary"),
    ("CACHE_URL", "dbcache://"),
    ("CACHE_URL", "dbcache://canary/table"),
    ("CACHE_URL", "redis://"),
    ("CACHE_URL", "redis:///0"),
    ("CACHE_URL", "redis://one.example:6379,canary.example:6379/0"),
    ("CACHE_URL", "redis://:canary@cache.example:6379/first"),
    ("CACHE_URL", "redis://:canary@cache.example:6379/0?timeout=3"),
    ("CACHE_URL", "redis://:canary@cache.example:6379/0?ssl_cert_reqs=none"),
    ("TRUSTED_PROXY_COUNT", "canary"),
    ("TRUSTED_PROXY_COUNT", "-1"),
    ("TRUSTED_PROXY_COUNT", "11"),
    ("TRUSTED_PROXY_COUNT", "1" * 5000),
    ("LOG_LEVEL", "canary"),
    ("DEBUG", "canary"),
    ("PORTAL_MAIL_FROM", "canary"),
    ("PORTAL_MAIL_FROM", "Canary, Registration <canary@portal.example>"),
    ("PORTAL_MAIL_FROM", "one@portal.example, canary@portal.example"),
    ("PORTAL_MAIL_FROM", "canary@portal.example\nBcc: canary@other.example"),
    ("PORTAL_MAIL_FROM", "Canary <canary@>"),
    ("PORTAL_ISSUER_STAGING", "canary"),
    ("PORTAL_ISSUER_PRODUCTION", "http://canary.example"),
    ("PORTAL_PREFLIGHT", "canary"),
    ("PORTAL_SUPPORT", "canary"),
    ("PORTAL_SUPPORT", "http://canary.example/"),
    ("PORTAL_SUPPORT", "javascript:canary"),
    ("PORTAL_SUPPORT", "https://canary.example/a b"),
    ("PORTAL_PKCE_SECOND_PERSON", "canary"),
    ("PORTAL_STAFF_SECOND_FACTOR", "canary"),
    ("PORTAL_REVIEW_TARGET_DAYS", "canary"),
    ("PORTAL_REVIEW_TARGET_DAYS", "251"),
]
TWICE = [
    {"PORTAL_AUDIT_KEY": LONG, "SECRET_KEY": LONG},
    {"PORTAL_AUDIT_KEY": KEY, "PORTAL_FERNET_KEYS": f"{OTHER_KEY},{KEY}"},
    {"PORTAL_FERNET_KEYS": KEY, "SECRET_KEY": KEY + KEY, "EMAIL_URL": f"smtp://u:{KEY}@mail.example"},
    {"SECRET_KEY": LONG, "CACHE_URL": f"redis://:{LONG}@cache.example/0"},
    {"PORTAL_FERNET_KEYS": KEY, "PORTAL_WEBHOOK_STAGING_KEYS": f"whsec_{KEY}"},
    dict.fromkeys(("PORTAL_WEBHOOK_STAGING_KEYS", "PORTAL_WEBHOOK_PRODUCTION_KEYS"), f"whsec_{KEY}"),
    {"DATABASE_URL": "postgres://p:c%61nary@db/p", "EMAIL_URL": "smtp://u:canary@mail.example"},
]
CAN_WORK = [
    ("DATABASE_URL", "postgres://portal:p%2Fw@db:5432/portal?sslmode=verify-full&sslrootcert=/etc/ca.pem"),
    ("DATABASE_URL", "postgresql://portal@[::1]/portal?disable_server_side_cursors=true"),
    ("DATABASE_URL", "postgres:////var/run/postgresql/portal"),
    ("PORTAL_BASE_URL", "HTTPS://Portal.Example/"),
    ("PORTAL_BASE_URL", "https://portal.example:8443"),
    ("ALLOWED_HOSTS", "other.example, portal.example"),
    ("ALLOWED_HOSTS", ".example"),
    ("EMAIL_URL", "smtp://mail_server:25"),
    ("EMAIL_URL", "smtp+ssl://user:password%3F@mail.example:465"),
    ("CACHE_URL", "redis://:word@cache.example:6379/3"),
    ("CACHE_URL", "rediss://user:word@cache.example?ssl_cert_reqs=none"),
    ("LOG_LEVEL", "debug"),
    ("PORTAL_MAIL_FROM", "robot@portal.example"),
    ("PORTAL_MAIL_FROM", '"Pleo, Registration" <robot@portal.example>'),
]


def boot(env, *command):
    return manage(*(command or ("version",)), env=env)


def assert_stopped(result, name):
    """One line, which begins with the variable."""
    assert result.returncode == 1, result.stderr
    (line,) = result.stderr.splitlines()
    assert re.match(rf"({name})\b", line)
    assert "canary" not in line.lower()


def test_complete_environment_boots(tmp_path):
    result = boot(production(tmp_path))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, " "])
def test_missing_variable_stops_the_boot(name, value, tmp_path):
    assert_stopped(boot(production(tmp_path, **{name: value})), name)


@pytest.mark.parametrize(("name", "value"), CANNOT_WORK, ids=lambda text: ascii(text)[1:60])
def test_a_value_that_cannot_work_stops_the_boot(name, value, tmp_path):
    assert_stopped(boot(production(tmp_path, **{name: value})), name)


@pytest.mark.parametrize(("part", "value"), CANNOT_WORK_AS_WEBHOOK)
def test_a_target_of_webhooks_that_cannot_work_stops_the_boot(part, value, tmp_path):
    name = f"PORTAL_WEBHOOK_STAGING_{part}"
    assert_stopped(boot(production(tmp_path, **WEBHOOKS | {name: value})), name)


def test_with_debug_webhooks_may_go_to_this_machine_without_tls(tmp_path):
    local = WEBHOOKS | {"PORTAL_WEBHOOK_STAGING_URL": "http://127.0.0.1:9000/hooks"}
    result = boot(production(tmp_path, DEBUG="true", **local))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("name", "value"), CANNOT_WORK_AS_PROVIDER)
def test_a_sign_in_provider_that_cannot_work_stops_the_boot(name, value, tmp_path):
    assert_stopped(boot(production(tmp_path, **PROVIDER | {name: value})), name)


@pytest.mark.parametrize("changes", [{}, {"PORTAL_OIDC_DOMAIN": None, "PORTAL_OIDC_CLAIM": "hd=a.example"}])
def test_a_sign_in_provider_that_can_work_boots(changes, tmp_path):
    assert boot(production(tmp_path, **PROVIDER | changes)).returncode == 0


@pytest.mark.parametrize(("name", "value"), CANNOT_WORK_AS_CONTACT)
def test_a_contact_for_vulnerabilities_that_cannot_work_stops_the_boot(name, value, tmp_path):
    assert_stopped(boot(production(tmp_path, **CONTACT | {name: value})), name)


@pytest.mark.parametrize("last_day", [CONTACT["PORTAL_SECURITY_EXPIRES"], "2020-01-31"])
def test_a_contact_for_vulnerabilities_boots_even_after_its_last_day(last_day, tmp_path):
    assert boot(production(tmp_path, **CONTACT | {"PORTAL_SECURITY_EXPIRES": last_day})).returncode == 0


def test_with_debug_the_sign_in_provider_may_be_on_this_machine(tmp_path):
    local = PROVIDER | {"PORTAL_OIDC_ISSUER": "http://localhost:9000"}
    assert boot(production(tmp_path, DEBUG="true", **local)).returncode == 0


@pytest.mark.parametrize("values", TWICE, ids=lambda values: "-".join(values))
def test_a_secret_that_stands_in_two_variables_stops_the_boot(values, tmp_path):
    urls = {name: url for name, url in WEBHOOKS.items() if name.replace("URL", "KEYS") in values}
    result = boot(production(tmp_path, **urls | values))
    assert_stopped(result, "|".join(values))
    assert sum(name in result.stderr for name in values) == 2


@pytest.mark.parametrize(("name", "value"), CAN_WORK)
def test_a_value_that_works_boots(name, value, tmp_path):
    result = boot(production(tmp_path, **{name: value}))
    assert result.returncode == 0, result.stderr


def test_an_optional_variable_that_is_empty_is_unset(tmp_path):
    """Compose hands on an empty value for what the operator left out."""
    asked = "import json, django.conf; s = django.conf.settings; print(json.dumps([s.CACHES, s.LOG_LEVEL,"
    asked += " s.DEFAULT_FROM_EMAIL, s.PORTAL_ISSUERS, s.TRUSTED_PROXY_COUNT, s.PORTAL_REVIEW_TARGET_DAYS,"
    asked += " s.PORTAL_WEBHOOKS]))"
    answers = set()
    env = production(tmp_path, DJANGO_SETTINGS_MODULE="portal.settings")
    for value in (None, "", " "):
        given = env if value is None else env | dict.fromkeys(OPTIONAL, value)
        result = run(sys.executable, "-c", asked, env=given)
        assert result.returncode == 0, result.stderr
        answers.add(result.stdout)
    assert len(answers) == 1


# --- Values from files -------------------------------------------------------------------------

CAN_HOLD_SECRETS = {"SECRET_KEY", "DATABASE_URL", "PORTAL_FERNET_KEYS", "PORTAL_AUDIT_KEY", "EMAIL_URL"}


def moved_to_files(env, folder, names=FROM_FILES):
    """The same environment, with each value in a file of its own."""
    folder.mkdir()
    moved = dict(env)
    for name in names:
        (folder / name).write_text(f"{moved.pop(name)}\n")
        moved[f"{name}_FILE"] = str(folder / name)
    return moved


def test_all_secrets_can_come_from_files_and_mean_the_same(tmp_path):
    asked = "import json, portal.settings as s; print(json.dumps([s.SECRET_KEY, s.PORTAL_FERNET_KEYS,"
    asked += " s.PORTAL_AUDIT_KEY, str(s.DATABASES), s.EMAIL_HOST_PASSWORD, s.CACHES,"
    asked += (
        " [[one.url, str(one.keys)] for one in s.PORTAL_WEBHOOKS.values()], s.PORTAL_OIDC.client_secret]))"
    )
    urls = {"EMAIL_URL": "smtp+tls://u:word@mail.example:587", "CACHE_URL": "redis://:other@cache.example/0"}
    env = production(tmp_path, **urls, **WEBHOOKS, **PROVIDER)
    files = moved_to_files(env, tmp_path / "secrets")
    plain, filed = (run(sys.executable, "-c", asked, env=given) for given in (env, files))
    others = {"CACHE_URL", "PORTAL_OIDC_CLIENT_SECRET"}
    assert CAN_HOLD_SECRETS | others | {*WEBHOOKS} == set(FROM_FILES)
    assert filed.returncode == 0, filed.stderr
    assert filed.stdout == plain.stdout


@pytest.mark.parametrize("name", FROM_FILES)
def test_a_value_and_a_file_for_one_variable_stop_the_boot(name, tmp_path):
    env = production(tmp_path, CACHE_URL="redis://:canary@cache.example/0", **WEBHOOKS, **PROVIDER)
    files = moved_to_files(env, tmp_path / "secrets", [name])
    stopped = boot(files | {name: env[name]})
    assert_stopped(stopped, name)
    assert f"{name}_FILE" in stopped.stderr


@pytest.mark.parametrize(
    "content", [None, b"", b" \n", b"canary\xff"], ids=["missing", "empty", "blank", "binary"]
)
def test_a_file_that_gives_no_value_stops_the_boot(content, tmp_path):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    given = production(tmp_path, SECRET_KEY=None, SECRET_KEY_FILE=str(file))
    assert_stopped(boot(given), "SECRET_KEY_FILE")


@pytest.mark.parametrize("path", ["canary/key", "/", "/canary"])
def test_a_path_that_leads_to_no_file_stops_the_boot(path, tmp_path):
    given = production(tmp_path, PORTAL_FERNET_KEYS=None, PORTAL_FERNET_KEYS_FILE=path)
    assert_stopped(boot(given), "PORTAL_FERNET_KEYS_FILE")


def test_a_value_in_a_file_that_cannot_work_is_not_shown(tmp_path):
    (tmp_path / "key").write_text("canary")
    given = production(tmp_path, PORTAL_FERNET_KEYS=None, PORTAL_FERNET_KEYS_FILE=str(tmp_path / "key"))
    assert_stopped(boot(given), "PORTAL_FERNET_KEYS")


def test_a_placeholder_in_a_file_is_refused_too(env, tmp_path):
    (tmp_path / "key").write_text(build_values()["SECRET_KEY"])
    given = env | {"SECRET_KEY_FILE": str(tmp_path / "key")}
    del given["SECRET_KEY"]
    assert_stopped(run(ENTRY, "worker", "--once", env=given), "SECRET_KEY")


# --- The line itself, at every entry -----------------------------------------------------------

GUNICORN = ("gunicorn", "--config", "deploy/gunicorn.conf.py", "portal.asgi")
ENTRIES = [
    (sys.executable, "manage.py", "check"),
    (sys.executable, "manage.py", "migrate"),
    (sys.executable, "manage.py", "runserver"),
    (sys.executable, "manage.py", "worker", "--once"),
    (sys.executable, "manage.py", "nonsense"),
    (ENTRY, "web"),
    (ENTRY, "worker"),
    (ENTRY, "migrate"),
    GUNICORN,
]


@pytest.mark.parametrize("command", ENTRIES, ids=lambda command: " ".join(command[-2:]))
@pytest.mark.parametrize(("name", "debug"), [("LOG_LEVEL", "true"), ("DATABASE_URL", "false")])
def test_every_entry_ends_with_one_line(command, debug, name, tmp_path):
    env = production(tmp_path, PORT=free_port(), DEBUG=debug, **{name: "canary"})
    assert_stopped(run(*command, env=env), name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("WEB_CONCURRENCY", value) for value in ("canary", "-1", "0", "65")),
        ("PORT", "canary"),
        ("PORT", "65536"),
    ],
)
def test_a_number_that_the_server_cannot_use_stops_it(name, value, tmp_path):
    env = production(tmp_path, PORT=free_port())
    assert_stopped(run(ENTRY, "web", env=env | {name: value}), name)


# --- What web and worker need beyond that ------------------------------------------------------

SERVING = [(ENTRY, "web"), GUNICORN, (ENTRY, "worker", "--once")]
serving = pytest.mark.parametrize("command", SERVING, ids=["web", "gunicorn", "worker"])


@pytest.fixture
def env(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "portal.sqlite3")
    return production(tmp_path, PORT=free_port(), WEB_CONCURRENCY="1")


def build_values():
    lines = (ROOT / "deploy" / "build.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def stand_ins():
    """What settings make up on a developer's machine."""
    names = ("SECRET_KEY", "PORTAL_AUDIT_KEY", "PORTAL_FERNET_KEYS")
    asked = f"import json, portal.settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    env = {"DEBUG": "true", "PATH": production(ROOT)["PATH"]}
    values = json.loads(run(sys.executable, "-c", asked, env=env).stdout)
    return zip(names, (value if isinstance(value, str) else ",".join(value) for value in values), strict=True)


def examples():
    """The URLs of the table of variables, which name a host, a path or a password of nobody's."""
    rows = re.findall(r"^\| `(\w+_URL)` \|(.*)\|$", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    urls = [(name, url) for name, row in rows for url in re.findall(r"`([a-z+]+://[^`]+)`", row)]
    return [(name, url) for name, url in urls if "host" in url or "path" in url]


def settings_of_tests():
    secret = ("SECRET_KEY", "PORTAL_AUDIT_KEY", "EMAIL_URL")
    return [(name, test_settings._values[name]) for name in secret]


def mail_that_is_lost():
    return [("EMAIL_URL", f"{scheme}://") for scheme in ("consolemail", "dummymail", "memorymail")]


def placeholders():
    return [*build_values().items(), *examples(), *settings_of_tests(), *mail_that_is_lost()]


def together(name, value):
    """Host and list of hosts have to fit each other before they can be judged."""
    hosts = ("PORTAL_BASE_URL", "ALLOWED_HOSTS")
    return {host: build_values()[host] for host in hosts} if name in hosts else {name: value}


@pytest.mark.parametrize(("name", "value"), placeholders())
def test_the_worker_refuses_every_placeholder_of_this_repository(name, value, tmp_path):
    values = together(name, value)
    assert_stopped(run(ENTRY, "worker", "--once", env=production(tmp_path, **values)), "|".join(values))


def test_the_worker_refuses_what_a_developers_machine_makes_up(tmp_path):
    for name, value in stand_ins():
        assert_stopped(run(ENTRY, "worker", "--once", env=production(tmp_path, **{name: value})), name)


@serving
@pytest.mark.parametrize("name", ["SECRET_KEY", "PORTAL_FERNET_KEYS"])
def test_whatever_serves_people_refuses_placeholders(command, name, env):
    assert_stopped(run(*command, env=env | {name: build_values()[name]}), name)


@serving
def test_a_database_that_does_not_answer_stops_whatever_serves_people(command, env):
    away = f"postgres://portal:word@127.0.0.1:{free_port()}/portal"
    assert_stopped(run(*command, env=env | {"DATABASE_URL": away}), "DATABASE_URL")


def test_web_refuses_to_serve_without_static_files(env, tmp_path):
    stopped = run(ENTRY, "web", env=env, cwd=copied_to(tmp_path / "checkout"))
    assert_stopped(stopped, "Static files")
    assert "collectstatic" in stopped.stderr


def test_a_placeholder_beside_a_key_of_ones_own_is_refused_too(env):
    both = f"{env['PORTAL_FERNET_KEYS']},{build_values()['PORTAL_FERNET_KEYS']}"
    assert_stopped(run(ENTRY, "web", env=env | {"PORTAL_FERNET_KEYS": both}), "PORTAL_FERNET_KEYS")


@serving
def test_a_folder_that_takes_no_file_stops_the_boot(command, env, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert_stopped(run(*command, env=env | {"MEDIA_ROOT": str(tmp_path / "file" / "media")}), "MEDIA_ROOT")


@serving
def test_a_cache_without_its_table_stops_the_boot(command, env):
    assert_stopped(run(*command, env=env | {"CACHE_URL": "dbcache://canary"}), "CACHE_URL")


@serving
def test_a_redis_that_does_not_answer_stops_the_boot(command, env):
    away = f"redis://:canary@127.0.0.1:{free_port()}/0"
    assert_stopped(run(*command, env=env | {"CACHE_URL": away}), "CACHE_URL")


def test_the_look_at_folder_and_cache_leaves_nothing_behind(env, tmp_path):
    result = run(ENTRY, "worker", "--once", env=env)
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "media").iterdir()) == []
    with sqlite3.connect(tmp_path / "portal.sqlite3") as rows:
        assert rows.execute("SELECT count(*) FROM portal_cache").fetchone() == (0,)


@pytest.mark.parametrize(
    "command", ["check", "migrate --plan", "createcachetable", "collectstatic --noinput --dry-run"]
)
def test_what_serves_nobody_runs_with_the_values_of_the_build(command, tmp_path):
    env = production(tmp_path) | build_values() | {"DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}"}
    result = run(sys.executable, "manage.py", *command.split(), env=env)
    assert result.returncode == 0, result.stderr
