"""All settings of the portal, read from the environment and from nowhere else.

docs/operations.md lists every variable. A missing or invalid variable stops the process with an error
that names it. Required variables have defaults only with ``DEBUG=true``, for a developer's own machine.
"""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

from portal.environment import (
    count,
    env,
    parse_cache_url,
    parse_choice,
    parse_contacts,
    parse_database_url,
    parse_hosts,
    parse_last_day,
    parse_mail_url,
    parse_path,
    parse_sender,
    parse_site,
    parse_support,
    password_in,
    read_flag,
    read_text,
    require_distinct,
    require_length,
    require_together,
)
from portal.observability import logging_config
from portal.sealing import check_keys
from portal.staff_provider.configuration import read_provider
from portal.webhooks.targets import read_target, texts_of_keys

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = read_flag("DEBUG")


def required(name: str, in_debug: str) -> str:
    """Read a required variable; with DEBUG, ``in_debug`` if it is unset."""
    value = read_text(name, default=in_debug if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set; docs/operations.md says what it has to hold.")
    return value


SECRET_KEY = require_length("SECRET_KEY", required("SECRET_KEY", "only-for-development-" + "x" * 50), 50)
PORTAL_BASE_URL = parse_site(
    "PORTAL_BASE_URL",
    required("PORTAL_BASE_URL", in_debug="http://localhost:8000"),
    schemes=("http", "https") if DEBUG else ("https",),
)
_base = urlsplit(PORTAL_BASE_URL)
ALLOWED_HOSTS = parse_hosts(
    "ALLOWED_HOSTS",
    required("ALLOWED_HOSTS", in_debug="localhost,127.0.0.1,[::1]"),
    own=split_domain_port(_base.netloc)[0],
    any_host=DEBUG,
)
TRUSTED_PROXY_COUNT = count("TRUSTED_PROXY_COUNT", default=0, most=10)
LOG_LEVEL = read_text("LOG_LEVEL", default="INFO").upper()

# Fernet keys, newest first: any of them opens a sealed value. The placeholder is public, so it exists
# only with DEBUG.
PORTAL_FERNET_KEYS = check_keys(
    required("PORTAL_FERNET_KEYS", in_debug="ZGV2ZWxvcG1lbnQtb25seS1rZXktbm90LXNlY3JldCE=")
)
PORTAL_AUDIT_KEY = require_length(
    "PORTAL_AUDIT_KEY", required("PORTAL_AUDIT_KEY", "only-for-development-" + "a" * 40), 32
)

# The authorization servers that clients are registered with, shown next to the credentials.
PORTAL_ISSUERS = {
    environment: parse_site(name, read_text(name, default), schemes=("https",))
    for environment, name, default in (
        ("staging", "PORTAL_ISSUER_STAGING", "https://auth.staging.pleo.io"),
        ("production", "PORTAL_ISSUER_PRODUCTION", "https://auth.pleo.io"),
    )
}

# Where webhooks about the clients of an environment go; an environment without a target gets none.
PORTAL_WEBHOOKS = {
    environment: target
    for environment in PORTAL_ISSUERS
    if (target := read_target(f"PORTAL_WEBHOOK_{environment.upper()}", on_this_machine=DEBUG))
}

# Whether the worker fetches the URLs that partners submit (rule G-09); if not, it opens no socket for them.
PORTAL_PREFLIGHT = read_flag("PORTAL_PREFLIGHT")
# Working days, Monday to Friday, within which a submission should be decided.
PORTAL_REVIEW_TARGET_DAYS = count("PORTAL_REVIEW_TARGET_DAYS", default=2, most=250)
# Whether somebody else than the one who granted a PKCE exception has to approve the version that requests it.
PORTAL_PKCE_SECOND_PERSON = read_flag("PORTAL_PKCE_SECOND_PERSON")

# Where people get help: an email address or a link, shown wherever a page says to ask Pleo.
PORTAL_SUPPORT = parse_support("PORTAL_SUPPORT", read_text("PORTAL_SUPPORT"))

# What /.well-known/security.txt says: where to report a vulnerability, and until when that holds.
PORTAL_SECURITY_CONTACT = parse_contacts("PORTAL_SECURITY_CONTACT", read_text("PORTAL_SECURITY_CONTACT"))
PORTAL_SECURITY_EXPIRES = parse_last_day("PORTAL_SECURITY_EXPIRES", read_text("PORTAL_SECURITY_EXPIRES"))
require_together(
    ("PORTAL_SECURITY_CONTACT", PORTAL_SECURITY_CONTACT), ("PORTAL_SECURITY_EXPIRES", PORTAL_SECURITY_EXPIRES)
)

INSTALLED_APPS = [
    "portal.apps.DeskConfig",  # Django's admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "portal",
    "portal.epochs",
    "portal.sessions",
    "portal.audit",
    "portal.outbox",
    "portal.sealing_keys",
    "portal.accounts",
    "portal.lost_factors",
    "portal.kept_forms",
    "registrations",
]

MIDDLEWARE = [
    "portal.observability.RequestLogMiddleware",
    # Above all middleware that can answer by itself (a redirect to https, static files, a refused request).
    "csp.middleware.CSPMiddleware",
    "portal.security.PrivatePagesMiddleware",
    "portal.problems.ProblemsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.security.ReadableRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.sessions.visitors.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.second_factor_required.SecondFactorMiddleware",
    "portal.limits.TooManyRequestsMiddleware",
    "portal.refusals.RefusalMiddleware",
]

# What each web process runs once a minute: it stores what was counted while requests were answered.
EVERY_MINUTE = ["registrations.api.tally.book"]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.kept_forms.offers.kept_forms",
            ],
        },
    }
]

# --- Database ------------------------------------------------------------------------------
VAR_DIR = BASE_DIR / "var"
_database_url = required("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
DATABASES = {"default": env.db_url_config(parse_database_url("DATABASE_URL", _database_url))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # SQLite has no row locks, so writers lock the whole file from their first statement on.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
    }
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    # A page has to answer within ten seconds, whatever the database or the network does. Values in the
    # URL override these; `manage.py migrate` lifts the limit on statements.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "options": "-c statement_timeout=8s -c idle_in_transaction_session_timeout=30s",
        **DATABASES["default"].get("OPTIONS", {}),
    }
    if not DATABASES["default"]["OPTIONS"]["options"].strip():
        del DATABASES["default"]["OPTIONS"]["options"]  # for a pooler that refuses it
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Only allauth's limits use the cache; they need one that all processes share.
_cache_url = read_text("CACHE_URL", default="dbcache://portal_cache")
CACHES = {"default": parse_cache_url("CACHE_URL", _cache_url)}
SESSION_ENGINE = "portal.sessions.store"

# --- People --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "portal.accounts.password_strength.PasswordStrength"}]
ACCOUNTS_RULES = "registrations.rules.accounts"  # what names and texts of people and organisations may be
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/registrations/"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "portal.accounts.password_tokens.PasswordTokens"  # noqa: S105
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "signup": "portal.accounts.forms.SignUpForm",
    "reset_password": "portal.accounts.forms.ResetForm",
    "reset_password_from_key": "portal.accounts.forms.FirstPasswordForm",
    "change_password": "portal.accounts.forms.NewPasswordForm",
    "reauthenticate": "portal.accounts.forms.PasswordAgainForm",
}
# Whether staff reach any page without a second factor.
PORTAL_STAFF_SECOND_FACTOR = parse_choice(
    "PORTAL_STAFF_SECOND_FACTOR",
    read_text("PORTAL_STAFF_SECOND_FACTOR", default="optional" if DEBUG else "required"),
    ("required", "optional"),
)
MFA_ADAPTER = "portal.accounts.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is two factors only with a PIN or a fingerprint
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ, and people type slowly
MFA_FORMS = {
    "authenticate": "portal.accounts.second_factor_forms.CodeForm",
    "reauthenticate": "portal.accounts.second_factor_forms.CodeAgainForm",
    "activate_totp": "portal.accounts.second_factor_forms.ActivateForm",
    "authenticate_webauthn": "portal.accounts.second_factor_forms.PasskeyForm",
    "reauthenticate_webauthn": "portal.accounts.second_factor_forms.PasskeyAgainForm",
    "login_webauthn": "portal.accounts.second_factor_forms.PasskeySignInForm",
    "add_webauthn": "portal.accounts.second_factor_forms.AddPasskeyForm",
}
# The OpenID Connect provider at which staff sign in; without one, nothing shows that there could be one.
PORTAL_OIDC = read_provider(on_this_machine=DEBUG)
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
"""Seconds that a sign-in counts as recent: long enough to read a page, short enough to protect a secret."""
# Wrong passwords are counted by portal/accounts/guessing.py: allauth would count what colleagues behind one
# address do as one, and let a stranger lock out an owner.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": "20/m/ip",
    "reauthenticate": None,
    "change_password": None,
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _base.scheme == "https" else "http"

# --- The interface for machines ------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    # Nobody: each view of ours names its own.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "registrations.api.problems.answer",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Client registration",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- Language, time, files -----------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = parse_path("MEDIA_ROOT", required("MEDIA_ROOT", in_debug=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Enough for a logo and long lists in one request. Django does not count files towards this limit, but
# ReadableRequestMiddleware applies it to the whole body, except where portal/body_sizes.py allows more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
# What is kept of an uploaded file: one byte more than the largest logo, so that a larger one is noticed.
# Uploaded files stay in memory, never on disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024 + 1
FILE_UPLOAD_HANDLERS = ["portal.body_sizes.FirstBytesHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# --- Mail ----------------------------------------------------------------------------------
_email_url = required("EMAIL_URL", f"filemail:///{VAR_DIR / 'mail'}")
vars().update(parse_mail_url("EMAIL_URL", _email_url))
EMAIL_TIMEOUT = 5  # seconds, for connecting to a mail server
DEFAULT_FROM_EMAIL = f"Client registration <no-reply@{_base.hostname}>"
if read_text("PORTAL_MAIL_FROM"):
    DEFAULT_FROM_EMAIL = parse_sender("PORTAL_MAIL_FROM", read_text("PORTAL_MAIL_FROM"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Transport and browser -----------------------------------------------------------------
SECURE = not DEBUG
_host_prefix = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_host_prefix}portal-session"
CSRF_COOKIE_NAME = f"{_host_prefix}portal-csrf"
KNOWN_DEVICES_COOKIE_NAME = f"{_host_prefix}portal-devices"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # the server ends them earlier: portal/sessions/models.py
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
CSRF_TRUSTED_ORIGINS = [PORTAL_BASE_URL]
CSRF_FAILURE_VIEW = "portal.kept_forms.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its ticks and arrows as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

require_distinct(
    ("SECRET_KEY", SECRET_KEY),
    ("PORTAL_AUDIT_KEY", PORTAL_AUDIT_KEY),
    *(("PORTAL_FERNET_KEYS", key) for key in PORTAL_FERNET_KEYS),
    *(
        (name, key)
        for name in (f"PORTAL_WEBHOOK_{environment.upper()}_KEYS" for environment in PORTAL_ISSUERS)
        for key in texts_of_keys(read_text(name))
    ),
    ("PORTAL_OIDC_CLIENT_SECRET", read_text("PORTAL_OIDC_CLIENT_SECRET")),
    ("DATABASE_URL", password_in(_database_url)),
    ("CACHE_URL", password_in(_cache_url)),
    ("EMAIL_URL", password_in(_email_url)),
)

LOGGING_CONFIG = None
logging_config(level=LOG_LEVEL, readable=DEBUG)
