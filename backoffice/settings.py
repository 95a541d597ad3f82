"""One settings file; everything that differs between offices comes from the environment (.env.example)."""

from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from backoffice import environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment.load()
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
DATA = Path(env.str("DATA", str(BASE_DIR / ".data"))).absolute()
SECRET_KEY = environment.secret_key(env.str("SECRET_KEY", ""), debug=DEBUG)
METRICS_TOKEN = environment.metrics_token(env.str("METRICS_TOKEN", ""))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG or DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000")
OFFICE_NAME = env.str("OFFICE_NAME", "Brookmere Borough" if DEMO else "Backoffice")

INSTALLED_APPS = [
    "core",
    "records",
    "organization",
    "tasks",
    "reports",
    "backoffice",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "ninja",
    "csp",
]
MIDDLEWARE = [
    "backoffice.requests.NumberMiddleware",
    "backoffice.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backoffice.requests.LogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "backoffice.methods.PageMethodsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organization.sessions.AgeMiddleware",
    "organization.sessions.RightsMiddleware",
    "organization.second_step.SecondStepMiddleware",
    "organization.middleware.PersonLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.refusals.RefusedMiddleware",
]
ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backoffice.shell.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
if DEBUG:
    TEMPLATES[0]["OPTIONS"]["loaders"] = TEMPLATES[0]["OPTIONS"]["loaders"][0][1]

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres:///backoffice")}
DATABASES["default"]["HOST"] = unquote(DATABASES["default"].get("HOST", ""))
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 300),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "records_cache",
        # Django's 300 would let anybody who tries many names push out what is remembered of others.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "staticfiles": {"BACKEND": "backoffice.static_files.Storage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", 25 * 1024 * 1024)
REPORTS_KEPT_DAYS = env.int("REPORTS_KEPT_DAYS", 400)
MODULES = BASE_DIR / "node_modules"
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_FINDERS = ["backoffice.static_files.Finder"]
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", MODULES / "bootstrap/dist"),
    ("htmx", MODULES / "htmx.org/dist"),
    ("idiomorph", MODULES / "idiomorph/dist"),
    ("fonts/inter", MODULES / "@fontsource-variable/inter/files"),
    ("fonts/source-serif-4", MODULES / "@fontsource-variable/source-serif-4/files"),
]

AUTH_USER_MODEL = "organization.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "organization.passwords.OfficeWordsValidator"},
    {"NAME": "organization.passwords.BreachedPasswordValidator"},
]
PASSWORD_WORDS = env.list("PASSWORD_WORDS", default=[])
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "organization.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# allauth's own, beside ours in RATES: second codes by person, and the rest by address. They live in the cache above.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/m/ip", "login": "60/m/ip"}
# Token buckets in the database (records/limits.py): how many in which time, of whom. Each is a variable, RATE_<NAME>.
RATES = {
    name: environment.rates(env.str(f"RATE_{name.upper()}", default))
    for name, default in {
        "api": "6000/m",  # requests of a token
        "sign_in": "5/5m,50/12h",  # wrong passwords for an address; of browsers it was used in, each for itself
        "sign_in_from": "100/10m",  # wrong passwords from an IP address
        "mail": "5/h,20/d",  # mails that somebody not signed in has us send to an address, and invitations
        "invite": "5000/h",  # invitations by an admin, an import of people among them
        "test_mail": "10/10m",  # tests of outgoing mail by an admin
        "search": "300/m",  # searches of a person
        "export": "60/h",  # reports, exports and verifications of the chain asked for by a person
    }.items()
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "organization.accounts.MfaAdapter"
SECOND_STEP_FOR = environment.one_of("SECOND_STEP_FOR", env.str("SECOND_STEP_FOR", "nobody"), "nobody admins everybody")
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are an admin's word, nobody adds their own
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = int(env.float("SESSION_DAYS", 14) * 24 * 3600)
SESSION_IDLE_AGE = int(env.float("SESSION_IDLE_HOURS", 24) * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
KNOWN_COOKIE_NAME = "known"  # organization/known_browsers.py
MESSAGES_COOKIE_NAME = "messages"
MESSAGE_STORAGE = "backoffice.headers.MessageStorage"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = False

SECURE_SSL = env.bool("SECURE_SSL", not (DEBUG or DEMO))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_SSL
if SECURE_SSL:
    # The prefix has browsers take them only over TLS, from this host alone (RFC 6265bis, 4.1.3.2).
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    KNOWN_COOKIE_NAME, MESSAGES_COOKIE_NAME = "__Host-known", "__Host-messages"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_SSL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^api/"]  # backoffice/api.py refuses what comes unencrypted
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What a browser may do for us: nothing of this. Copying a new token to the clipboard stays possible.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture"),
        *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"),
        *("microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb"),
        *("xr-spatial-tracking",),
    )
)
WHITENOISE_ALLOW_ALL_ORIGINS = False
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The last address of X-Forwarded-For is the proxy's word; whatever stands before it is anybody's.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [DATA / "locale"]  # compiled from locale/ by backoffice/catalogues.py
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True
SILENCED_SYSTEM_CHECKS: list[str] = []

globals().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "backoffice@office.invalid")

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
NINJA_PAGINATION_MAX_LIMIT = 200

if SECURE_SSL and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty. Set it to the host names of this office, comma separated.")

from backoffice.logs import LOGGING  # noqa: E402, F401
