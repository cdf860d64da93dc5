"""All settings, in titled blocks. What an installation may choose is read from the environment."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from config.beat import SCHEDULE
from config.environment import (
    Mode,
    env,
    read_aws_endpoints,
    read_aws_principal,
    read_broker_url,
    read_credentials_keys,
    read_log_format,
    read_metrics_token,
    read_mode,
    read_role_template_url,
    read_second_factor_for,
    read_secret_key,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

# ── Mode and secrets ──────────────────────────
MODE = read_mode()
IS_PRODUCTION = MODE is Mode.PRODUCTION
SECRET_KEY = read_secret_key(MODE)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False

# ── Addresses ──────────────────────────
# The operators' own host. Every other host is looked up among the resellers' domains; unknown ones
# are refused there, so Django's own list may stay open.
PLATFORM_HOST = env.str("PLATFORM_HOST")
PUBLIC_SCHEME = env.str("PUBLIC_SCHEME", default="https")
PUBLIC_PORT = env.int("PUBLIC_PORT", default=0)  # 0: the scheme's own port
ALLOWED_HOSTS = ["*"]
PUBLIC_SCHEMA_URLCONF = "config.urls_platform"
ROOT_URLCONF = "config.urls_reseller"
WSGI_APPLICATION = "config.wsgi.application"

# ── Apps: who lives in which schema ──────────────────────────
_BOTH = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "accounts",
    "audit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
SHARED_APPS = [
    "resellers",  # before django_tenants: its migrate_schemas asks first which schemas need work
    "django.contrib.admin",  # before django_tenants, which has an index page of its own for it
    "django_tenants",
    *_BOTH,
    "operations",
    "django.contrib.postgres",  # teaches indexes to name their operator class
    "django.forms",  # its widget templates: FORM_RENDERER looks among the installed apps
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_countries",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "components",
    "inbox",
    "demo",
]
TENANT_APPS = [
    *_BOTH,
    "notifications",
    "jobs",
    "customers",
    "cloudaccounts",
    "approvals",
    "console",
    "portal",
]
INSTALLED_APPS = [*SHARED_APPS, *[app for app in TENANT_APPS if app not in SHARED_APPS]]
TENANT_MODEL = "resellers.Reseller"
TENANT_DOMAIN_MODEL = "resellers.Domain"
TENANT_LIMIT_SET_CALLS = True

# ── Request's way ──────────────────────────
MIDDLEWARE = [
    "config.requests.RequestMiddleware",
    # Their headers belong on every answer, also on those that are given early.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.guards.GuardMiddleware",
    "config.health.HealthMiddleware",
    "config.metrics.MetricsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "resellers.middleware.ResellerMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.AccountsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
                "components.context.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"

# ── Database: one schema per reseller ──────────────────────────
_database = env.dj_db_url("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database,
        "ENGINE": "resellers.backend",
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=120),
        "CONN_HEALTH_CHECKS": True,
        # Over a network nobody says that the other side is gone: without these, a request waits
        # for minutes. What DATABASE_URL says itself (?connect_timeout=…) wins.
        "OPTIONS": {
            "connect_timeout": 5,  # seconds
            "tcp_user_timeout": 20_000,  # milliseconds until what was sent must have arrived
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            **_database.get("OPTIONS", {}),
        },
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
PG_EXTRA_SEARCH_PATHS = ["extensions"]
SKIP_PG_EXTRA_VALIDATION = True  # else django-tenants queries the database while Django starts
# The program that reads the template of new schemas; None: the one of the embedded PostgreSQL.
# It must not be older than the server.
PG_DUMP = env.path("PG_DUMP", default=None)
# Servers to which nobody else can listen on the way; others must be reached by TLS.
PRIVATE_HOSTS: list[str] = env.list("PRIVATE_HOSTS", default=[])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Cache, sessions, broker ──────────────────────────
REDIS_URL = env.str("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # Keys carry the schema's name: what one reseller caches, another never reads.
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}
SESSION_ENGINE = "accounts.sessions"
CELERY_BROKER_URL = read_broker_url(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = "celery"
# Tasks that may take minutes (`is_long`): workers of their own take them, so that no mail waits
# behind an import. A worker that is not told its queues takes both.
LONG_QUEUE = "jobs"
CELERY_TASK_QUEUES: dict[str, dict[str, object]] = {CELERY_TASK_DEFAULT_QUEUE: {}, LONG_QUEUE: {}}
# Schemas whose tasks go to queues of their own, and not to those that all others share. Each needs
# workers: celery -A config worker -Q <schema>, and -Q <schema>.jobs.
OWN_QUEUES: list[str] = env.list("OWN_QUEUES", default=[])
CELERY_TASK_ROUTES = ["resellers.tasking.route"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A web request must not wait for a broker that is away: the outbox and its sweeper make up for a
# lost wake-up call.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    # One attempt: else sending a task takes six seconds without a broker and forty with a stuck
    # one. Workers and beat have a patience of their own.
    "max_retries": 0,
    "retry_on_timeout": False,
    "visibility_timeout": 900,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

CELERY_BEAT_SCHEDULE = SCHEDULE

# ── Mail ──────────────────────────
INBOX_DIRECTORY = env.path(
    "INBOX_DIRECTORY", default=None
)  # set by script/server: mails land in a local inbox page
_email = env.dj_email_url("EMAIL_URL", default="smtp://localhost:25")
EMAIL_BACKEND = "inbox.backend.InboxBackend" if INBOX_DIRECTORY else _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"notifications@{PLATFORM_HOST}")

# ── People: sign-in, passwords, second factor ──────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "accounts.password_rules.NotLeaked"},
    {"NAME": "accounts.password_rules.NotMadeOfContext"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # sign-up and its validation are ours: approvals/flows
ACCOUNT_EMAIL_CONFIRMATION_HMAC = False  # allauth's keys would be valid at every reseller
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.PasswordResetTokens"  # noqa: S105 - a class, not a secret
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_NOTIFICATIONS = True  # sent by accounts/notices.py
# Who must turn on a second factor before anything else; accounts/duties.py knows the groups.
SECOND_FACTOR_FOR = read_second_factor_for(MODE)
# Beside allauth's own limits. `key` is the typed e-mail, known or not: no mailbox can be flooded.
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip,100/d/ip,5/h/key",
    "resend_validation": "10/m/ip,3/h/key",
    "validate_email": "30/m/ip",
}
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.AuthenticateForm",
    "reauthenticate": "accounts.factor_forms.ReauthenticateForm",
    "activate_totp": "accounts.factor_forms.ActivateTOTPForm",
    "deactivate_totp": "accounts.factor_forms.DeactivateTOTPForm",
    "generate_recovery_codes": "accounts.factor_forms.GenerateRecoveryCodesForm",
    "add_webauthn": "accounts.factor_forms.AddKeyForm",
    "edit_webauthn": "accounts.factor_forms.EditKeyForm",
    "authenticate_webauthn": "accounts.factor_forms.AuthenticateKeyForm",
    "login_webauthn": "accounts.factor_forms.LoginKeyForm",
    "reauthenticate_webauthn": "accounts.factor_forms.ReauthenticateKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION

# ── Cloud providers ──────────────────────────
# Where cloudaccounts' shared template lies on S3; without it no quick-create link is offered.
AWS_ROLE_TEMPLATE_URL = read_role_template_url()
# Whom the roles of customers let in. Workers check them with the machine's own credentials.
AWS_PRINCIPAL = read_aws_principal()
# Encrypt credentials that wait to be opened, the newest first.
CREDENTIALS_KEYS = read_credentials_keys()
AWS_ENDPOINTS = read_aws_endpoints()  # botocore reads them itself; production looks at them

# ── Transport and headers ──────────────────────────
_https = PUBLIC_SCHEME == "https"
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# After NIST SP 800-63B for two factors: an hour without a page, a day in all.
SESSION_IDLE = dt.timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=60))
SESSION_LIFETIME = dt.timedelta(hours=env.int("SESSION_LIFETIME_HOURS", default=24))
SESSION_COOKIE_AGE = int(SESSION_LIFETIME.total_seconds())
THEME_COOKIE_NAME = "__Host-theme" if _https else "theme"
# A cookie of messages would show on the wire, and to the next person at the machine, what was done.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = _https
# Machines ask here, within the installation: one that forgot TLS must not be led around it.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
# Of each host by itself: what stands below portal.example.com. Switch it off where a reseller's
# host is a bare domain that has other hosts below it.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=_https)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Only these pages take files, from whoever carries a session, and no larger ones.
UPLOAD_PATHS = ["/console/customers/imports/upload/"]
UPLOAD_MAX_BYTES = 32 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "config.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# ── Static files ──────────────────────────
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ── Language and time ──────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ── Logs and metrics ──────────────────────────
METRICS_TOKEN = read_metrics_token()
_level = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "config.logs.PlainLines",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "config.logs.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": read_log_format(MODE).value}
    },
    "root": {"handlers": ["console"], "level": _level},
    "loggers": {
        "django": {"handlers": ["console"], "level": _level, "propagate": False},
        # What our own line of each request and task tells already.
        "django.request": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # At DEBUG it writes all that a page shows, credentials included.
        "django.template": {"level": "INFO"},
        # At DEBUG they write credentials and signed requests.
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
