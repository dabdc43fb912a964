"""Every setting, read from the environment (and from `.env`), with values that are safe for localhost.

`.env.example` lists the variables; docs/operations.md says when to change which.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from myproject import logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if "PYTEST_VERSION" not in env.ENVIRON:  # tests must not depend on what one machine has in its file
    env.read_env(BASE_DIR / ".env")

# --- the machine ---------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Belltower")
DEMO = env.bool(
    "DEMO", default=False
)  # whether `prepare` fills a new site with the demo community; bin/run sets it
HTTPS = SITE_URL.startswith("https://")
LOCAL = any(SITE_URL.startswith(f"http://{host}") for host in ("localhost", "127.0.0.1", "[::1]"))


def _secret_key() -> str:
    """The key from the environment; on a local site one is made once and kept beside the data."""
    if key := str(env.str("SECRET_KEY", default="")):
        return key
    if not (LOCAL or DEBUG) or ("DEBUG" in env.ENVIRON and not DEBUG):
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Give this site a long random one, for example from "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'`."
        )
    path = VAR_DIR / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(get_random_secret_key())
    except FileExistsError:  # another process was first
        pass
    return path.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones, while they are still met
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- the parts -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "heroicons",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "web",
    "notifications",
    "audit",
    "accounts",
    "community",
    "announcements",
    "webhooks",
    "newsletters",
    "moderation",
    "reputation",
    "rights",
    "backups",
]
MIDDLEWARE = [
    "myproject.access.AccessMiddleware",
    "myproject.middleware.ClientAddressMiddleware",
    "notifications.pacing.PacingMiddleware",
    "audit.requests.ServedRequestMiddleware",
    # Before all that answers by itself, so that files and refusals say the same as pages.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "myproject.middleware.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "myproject.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "accounts.middleware.LimitsMiddleware",
    "myproject.middleware.HtmxSignInMiddleware",
    "accounts.middleware.LastUseMiddleware",
]
ROOT_URLCONF = "myproject.urls"
WSGI_APPLICATION = "myproject.wsgi.application"
ASGI_APPLICATION = "myproject.asgi.application"
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
                "web.context_processors.theme",
                "notifications.context_processors.unread_badge",
                "notifications.context_processors.mail_trouble",
                "community.context_processors.my_groups",
                "announcements.context_processors.my_announcements",
            ],
            "builtins": ["web.templatetags.belltower"],
        },
    },
]

# --- data ----------------------------------------------------------------------------------------

_database = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASES = {"default": env.db_url_config(_database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    if DATABASES["default"]["NAME"] == str(VAR_DIR / "db.sqlite3"):
        VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that reads and then writes must hold the write lock from its start, or SQLite
        # fails it at once ("database is locked") whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000",
    }
    # A connection made for each request would pay for those pragmas each time.
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Room for the counters of the general limits on the API: beyond it, entries are dropped at random.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- people --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rights.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_FORMS = {"add_email": "accounts.addresses.AnotherForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # of whoever signs up by the page: see accounts/stages.py
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser in which they signed up
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# How often, in how much time, from one address (ip), for one account or target (key) or by one person (user).
# They hold across processes and restarts, for pages, API and administration alike, also with RATE_LIMITS=0.
ACCOUNT_RATE_LIMITS: dict[str, str] = {  # nosec B105 # no secrets
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "signup_taken": "5/h/ip",
    "reset_password": "20/m/ip,1/m/key,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "request_login_code": "20/m/ip,1/m/key,5/h/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "change_phone": "1/m/user",
    "confirm_email": "1/m/key,5/h/key",
    "verify_phone": "1/m/key,5/h/key,10/d/key,20/h/ip",
    "guess_phone_code": "30/m/ip",
    "guess_mail_code": "30/m/ip",
    "second_factor": "10/m/ip,5/5m/key,30/d/key",
    "newsletter": "10/h/ip",
}
MFA_ADAPTER = "accounts.factors.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute, either way: clocks of phones
MFA_ALLOW_UNVERIFIED_EMAIL = (
    True  # accounts/factors/actions.py asks; allauth would keep addresses from changing
)
KNOX_TOKEN_MODEL = "knox.AuthToken"  # nosec B105 # knox has no default of its own for those that refer to it
REST_KNOX = {  # nosec B105 # not a secret
    "TOKEN_TTL": timedelta(days=30),
    "TOKEN_LIMIT_PER_USER": None,
    "AUTO_REFRESH": False,
    "AUTH_HEADER_PREFIX": "Bearer",
}

# --- the audit log -------------------------------------------------------------------------------

AUDIT_CHECKPOINT_FILE = env.str("AUDIT_CHECKPOINT_FILE", default=str(VAR_DIR / "audit_checkpoint"))
AUDIT_CHECKPOINT_TO = env.list("AUDIT_CHECKPOINT_TO", default=[])  # addresses that one is mailed to each day

# --- notifications -------------------------------------------------------------------------------

NOTIFICATION_EXECUTOR = env.str("NOTIFICATION_EXECUTOR", default="threads")
NOTIFICATION_EMAIL_DELAY_SECONDS = env.int("NOTIFICATION_EMAIL_DELAY_SECONDS", default=300)
NOTIFICATION_RETRY_SECONDS = env.list(
    "NOTIFICATION_RETRY_SECONDS", cast=int, default=[60, 300, 1800, 7200, 28800, 86400, 86400, 86400]
)
NOTIFICATION_REPEAT_SECONDS = env.int("NOTIFICATION_REPEAT_SECONDS", default=600)
NOTIFICATION_MAIL_PER_DOMAIN = env.float("NOTIFICATION_MAIL_PER_DOMAIN", default=20)
NOTIFICATION_MAIL_PER_HOUR = env.int("NOTIFICATION_MAIL_PER_HOUR", default=0)
NOTIFICATION_MAIL_PER_DAY = env.int("NOTIFICATION_MAIL_PER_DAY", default=0)
NOTIFICATION_MAIL_THREADS = env.int("NOTIFICATION_MAIL_THREADS", default=1)
NOTIFICATION_PUSH_THREADS = env.int("NOTIFICATION_PUSH_THREADS", default=1)
NOTIFICATION_KEEP_READ_DAYS = env.int("NOTIFICATION_KEEP_READ_DAYS", default=30)
NOTIFICATION_KEEP_UNREAD_DAYS = env.int("NOTIFICATION_KEEP_UNREAD_DAYS", default=180)
NOTIFICATION_KEEP_ITEMS = env.int("NOTIFICATION_KEEP_ITEMS", default=1000)
NOTIFICATION_LEASE_SECONDS = env.int("NOTIFICATION_LEASE_SECONDS", default=60)
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")  # of the executor `celery`
NOTIFICATION_CELERY_APP = "myproject.celery.app"  # not imported unless that is the executor
STREAMS_MAX = env.int("STREAMS_MAX", default=10_000)  # of one process
STREAMS_PER_PERSON = env.int("STREAMS_PER_PERSON", default=50)
STREAMS_CHECK_SECONDS = env.int("STREAMS_CHECK_SECONDS", default=15)
STREAMS_PING_SECONDS = env.int("STREAMS_PING_SECONDS", default=30)

# --- email ---------------------------------------------------------------------------------------

_email_url = env.str("EMAIL_URL", default="") or "filemail://"
_by_provider = _email_url.startswith("anymail://")  # its API; with ANYMAIL, the settings of that library
_email = (
    {"EMAIL_BACKEND": f"anymail.backends.{_email_url.removeprefix('anymail://')}.EmailBackend"}
    if _by_provider
    else env.email_url_config(_email_url)
)
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
if EMAIL_BACKEND == "django.core.mail.backends.filebased.EmailBackend":
    # One file a mail, whole or not at all, in the format that mail programs open.
    EMAIL_BACKEND = "myproject.mail_files.EmailBackend"
    EMAIL_FILE_PATH = Path("/", _email["EMAIL_FILE_PATH"]) if _email["EMAIL_FILE_PATH"] else VAR_DIR / "mail"
# False: whatever a private group chose for itself, no word of it leaves the site.
PRIVATE_WORDS_IN_MAIL = env.bool("PRIVATE_WORDS_IN_MAIL", default=True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <belltower@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where mails are answered to, as name+…@host. Empty: they cannot be answered.
REPLY_ADDRESS = env.str("REPLY_ADDRESS", default="").strip()
# Where mail servers report what becomes of a mail, likewise. Empty: nowhere, but to whoever the mail is from.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default=REPLY_ADDRESS).strip()
# The provider whose webhooks are taken, at /notifications/provider/<name>/, and what it signs in with.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="").strip()
ANYMAIL = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT} | env.json("ANYMAIL", default={})
if "MAIL_PROVIDER_SECRET" in env.ENVIRON:
    ANYMAIL["WEBHOOK_SECRET"] = env.str("MAIL_PROVIDER_SECRET")
IMAP_URL = env.str("IMAP_URL", default="")
# For `manage.py doctor` alone: this site signs nothing, the mail server does.
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="").strip()
REPLY_AUTHSERV_ID = env.str("REPLY_AUTHSERV_ID", default="").strip()

# --- beyond this site ----------------------------------------------------------------------------

# Networks to which devices, gateways and webhooks may lead although they are no public ones, or not by https.
OUTBOUND_MAY_REACH = env.list("OUTBOUND_MAY_REACH", default=[])
# Hosts of push services; with a dot in front, every host below it.
PUSH_SERVICES = env.list(
    "PUSH_SERVICES",
    default=["fcm.googleapis.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"],
)
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")  # empty: var/vapid_key, made when it is needed
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default=SITE_URL if HTTPS else "mailto:belltower@localhost")

# --- text messages -------------------------------------------------------------------------------

SMS_BACKEND = env.str("SMS_BACKEND", default="files" if LOCAL else "")  # files, console, gateway; "": none
SMS_FILE_PATH = VAR_DIR / "sms"
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_HEADERS = env.json("SMS_GATEWAY_HEADERS", default={})
SMS_GATEWAY_BODY = env.str("SMS_GATEWAY_BODY", default='{"to": "{to}", "text": "{text}"}')
SMS_PER_PERSON_A_DAY = env.int("SMS_PER_PERSON_A_DAY", default=5)  # of those about what needs them

# --- pages and files -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each as its own speakers call it
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = "myproject.formats"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
EXPORT_ROOT = VAR_DIR / "exports"  # copies of what is kept of people: never below anything that is served
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "community.uploads.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

# --- safety --------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc  # whatever host a request without TLS names
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
# Supervisors, balancers and Prometheus ask behind the proxy, where there is no TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)/?\Z"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Networks of proxies whose X-Forwarded-For is believed; none without BEHIND_PROXY.
TRUSTED_PROXIES = env.list(
    "TRUSTED_PROXIES",
    default=["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
)
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    TRUSTED_PROXIES = []

METRICS_FROM = env.list("METRICS_FROM", default=[])  # networks that may read /metrics, beside this machine

# --- the API -------------------------------------------------------------------------------------

RATE_LIMITS = env.bool("RATE_LIMITS", default=True)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["myproject.api.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ]
    if RATE_LIMITS
    else [],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "60/min",
        "user": "600/min",
    },
    "NUM_PROXIES": 0,  # `ClientAddressMiddleware` has seen to it
    "EXCEPTION_HANDLER": "myproject.api.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Belltower",
    "DESCRIPTION": "The API of a self-hosted home for communities.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "myproject.api_schema.finish"],
    "ENUM_NAME_OVERRIDES": {
        "Category": "notifications.models.Category",
        "DecidedBy": "notifications.models.DecidedBy",
        "Weekday": "notifications.api.quiet.DAY_NAMES",
        "ModerationAction": "moderation.models.Decision.Action",
        "FlaggedType": "moderation.subjects.Type",
        "MembershipStatus": "community.models.GroupMembership.Status",
    },
}

# --- reputation ----------------------------------------------------------------------------------

REPUTATION = env.bool("REPUTATION", default=True)  # points and badges: docs/reputation.md

# --- moderation ----------------------------------------------------------------------------------

FLAGS_PER_DAY = env.int("FLAGS_PER_DAY", default=20)  # of one person
# What a new member may do a day, until they have been here for some days and some of what they wrote stands.
NEW_MEMBERS_LIMITED = env.bool("NEW_MEMBERS_LIMITED", default=not LOCAL)
NEW_MEMBER_DAYS = env.int("NEW_MEMBER_DAYS", default=3)
NEW_MEMBER_APPROVED = env.int("NEW_MEMBER_APPROVED", default=3)
NEW_MEMBER_POSTS = env.int("NEW_MEMBER_POSTS", default=5)
NEW_MEMBER_COMMENTS = env.int("NEW_MEMBER_COMMENTS", default=30)
NEW_MEMBER_LINKS = env.int("NEW_MEMBER_LINKS", default=5)
NEW_MEMBER_MENTIONS = env.int("NEW_MEMBER_MENTIONS", default=20)
NEW_MEMBER_MENTIONS_AT_ONCE = env.int("NEW_MEMBER_MENTIONS_AT_ONCE", default=5)

# --- logs ----------------------------------------------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="text").lower()
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT is {' or '.join(logs.FORMATS)}, not {LOG_FORMAT!r}.")
# Where traces are sent; what else the libraries need they read from the same OTEL_… variables.
_collector = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
TRACES = bool(env.str("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", default=_collector))
TRACES = TRACES and not env.bool("OTEL_SDK_DISABLED", default=False)
LOGGING = logs.configuration(form=LOG_FORMAT, level=env.str("LOG_LEVEL", default="INFO"))
