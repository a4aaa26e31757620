"""One settings file, from the environment, for every place the service runs.

Outside local use (`TALK_LONDON_LOCAL`, set by bin/serve, bin/manage and bin/test) nothing
insecure has a default: a missing or weak value stops the start, and all faults are named at once.
"""

from pathlib import Path
from typing import Any

import dj_database_url
import dj_email_url
import django_stubs_ext
from csp.constants import NONE, SELF
from environs import Env

from talk_london import values

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)

LOCAL: bool = env.bool("TALK_LONDON_LOCAL", False)
DATA: Path = env.path("TALK_LONDON_DATA", BASE_DIR / "var") or BASE_DIR / "var"

SECRET_KEY: str = env.str("SECRET_KEY", validate=values.LONG_KEY if LOCAL else values.secret_key)
# The first seals secrets in the database; the others still open what they sealed.
ENCRYPTION_KEYS: list[str] = env.list(
    "ENCRYPTION_KEYS", subcast=str.strip, validate=values.encryption_keys(is_local=LOCAL)
)
_DATABASE_URL: str = env.str("DATABASE_URL", validate=values.database_url)

DEBUG = False
SECURITY_CONTACT: str = env.str(
    "SECURITY_CONTACT",
    "https://www.london.gov.uk/contact-us",
    validate=values.SECURITY_CONTACT,
)
ALLOWED_HOSTS: list[str] = ["localhost", "127.0.0.1", "[::1]", "testserver"]
SITE_URL = ""
EMAIL_BACKEND = "talk_london.outbox.OutboxBackend"
EMAIL_FILE_PATH = DATA / "outbox"
DEFAULT_FROM_EMAIL = "Talk London <talk@london.example>"
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = None
_EMAIL_URL = ""
_TRUSTED_PROXIES = 0

if LOCAL:
    # Told by bin/serve. Without it: wherever a request came to.
    SITE_URL = env.str("TALK_LONDON_ADDRESS", "", validate=values.local_address)
if not LOCAL:
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", subcast=str.strip, validate=values.hosts)
    SITE_URL = env.str("SITE_URL", validate=values.site_url(ALLOWED_HOSTS))
    DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", validate=values.email_address)
    _EMAIL_URL = env.str("EMAIL_URL", validate=values.email_url)
    # How many proxies of ours stand in front, each adding one X-Forwarded-For entry.
    _TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=values.PROXIES)

# How many posts in ten minutes, at most: of one member, from one address, on the whole site.
POSTS_OF_MEMBER: int = env.int("POSTS_OF_MEMBER", 30, validate=values.MANY)
POSTS_FROM_ADDRESS: int = env.int("POSTS_FROM_ADDRESS", 600, validate=values.MANY)
POSTS_ON_SITE: int = env.int("POSTS_ON_SITE", 6_000, validate=values.MANY)

values.seal(env)

if not LOCAL:
    _email: dict[str, Any] = dj_email_url.parse(_EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
    EMAIL_TIMEOUT = 5
    if _TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "talk_london.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "csp",
    "talk_london.apps.TalkLondonConfig",
    "discussions.apps.DiscussionsConfig",
    "moderation.apps.ModerationConfig",
    "accounts.apps.AccountsConfig",
]

MIDDLEWARE = [
    "talk_london.headers.SecurityHeadersMiddleware",
    "talk_london.headers.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "talk_london.machines.ProbesMiddleware",
    "talk_london.headers.NoNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "talk_london.headers.EntityTagMiddleware",
    "talk_london.compression.CompressionMiddleware",
    "talk_london.headers.CacheHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "talk_london.urls"
FORCE_SCRIPT_NAME = ""  # at the root of its host, whatever a request says
WSGI_APPLICATION = "talk_london.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "talk_london.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# A thread waits at most 1.5 s for a connection, so that an outage is told rather than waited out.
_database: dict[str, Any] = dict(dj_database_url.parse(_DATABASE_URL))
_database["ENGINE"] = "talk_london.postgresql"
_database["OPTIONS"] = {
    **_database.get("OPTIONS", {}),
    "connect_timeout": 2,
    # What pages read is mostly in memory, so that one row by an index costs no more than the next;
    # and no statement of a page lives long enough for compiling it to pay.
    "options": "-c statement_timeout=15s -c idle_in_transaction_session_timeout=60s"
    " -c random_page_cost=1.1 -c jit=off",
    "pool": {"min_size": 1, "max_size": 8, "timeout": 1.5},
}
DATABASES = {"default": _database}

# Shared by all processes, as limits of guessing and codes used once need it to be.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Jobs, which `manage.py procrastinate worker` does: most of them wait for a mail server.
PROCRASTINATE_ON_APP_READY = "accounts.jobs.queue_in_transactions"
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,
    "delete_jobs": "successful",
    "update_heartbeat_interval": 3.0,
    "stalled_worker_timeout": 12.0,
}

# People and their sessions.
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.MemberBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotOneCharacterValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.JoinForm"
ACCOUNT_FORMS = {
    "change_password": "accounts.password_forms.ChangeForm",
    "reset_password": "accounts.password_forms.AskForm",
    "set_password": "accounts.password_forms.SetForm",
    "reset_password_from_key": "accounts.password_forms.ResetForm",
}
ACCOUNT_RATE_LIMITS = {"confirm_email": "1/10s/key,6/h/key"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ALLAUTH_TRUSTED_PROXY_COUNT = _TRUSTED_PROXIES

MFA_ADAPTER = "accounts.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.second_step_forms.CodeForm",
    "reauthenticate": "accounts.second_step_forms.CodeAgainForm",
    "activate_totp": "accounts.second_step_forms.NewAppForm",
    "add_webauthn": "accounts.second_step_forms.NewPasskeyForm",
    "signup_webauthn": "accounts.second_step_forms.JoinPasskeyForm",
    "login_webauthn": "accounts.second_step_forms.PasskeySignInForm",
    "authenticate_webauthn": "accounts.second_step_forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.second_step_forms.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_TOTP_ISSUER = "Talk London"
MFA_TOTP_TOLERANCE = 1  # phones whose clocks are half a minute off
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "accounts.sessions"
SESSION_SERIALIZER = "accounts.sealing.SealedSerializer"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "talk_london.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What a browser may do with our pages.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

if not LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = SITE_URL.removeprefix("https://")  # whatever host the request claimed
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# A comment is at most 4,000 characters; this leaves room to show a far longer one back.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000  # a consultation with its long timeline in the admin

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "talk_london.static_files.BundledStaticFilesStorage"},
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # Also what was not sent because nobody wants it any more.
        "accounts.mail": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
