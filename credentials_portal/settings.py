"""All settings, from the environment. Production refuses to start on a missing or weak value."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from credentials_portal import embedded_postgres, environment, secret_keys

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / ".data"))).resolve()
PRODUCTION = environment.choice("ENVIRONMENT", ["development", "production"]) == "production"
DEBUG = environment.boolean("DEBUG", default=False)
PORT = environment.integer("PORT", 8000, at_least=1)
PUBLIC_URL = environment.text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")

# --- Secrets and hosts
if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    SECRET_KEY = secret_keys.required("SECRET_KEY")
    ALLOWED_HOSTS = environment.listing("ALLOWED_HOSTS")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts to answer for.")
    if not environment.text("PUBLIC_URL"):
        raise ImproperlyConfigured("PUBLIC_URL must be set: public links are made from it.")
else:
    SECRET_KEY = environment.text("SECRET_KEY") or secret_keys.kept_in(DATA_DIR / "secret_key")
    ALLOWED_HOSTS = environment.listing("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
# What they signed stays good while a new key takes over.
SECRET_KEY_FALLBACKS = secret_keys.former("SECRET_KEY_FALLBACKS")
CSRF_TRUSTED_ORIGINS = environment.listing("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL])
# How many proxies in front append to X-Forwarded-For; 0 trusts no header.
TRUSTED_PROXIES = environment.integer("TRUSTED_PROXIES", 0)

SECURE_SSL = environment.boolean("SECURE_SSL", default=PRODUCTION)
SECURE_SSL_REDIRECT = SECURE_SSL
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# --- Applications
INSTALLED_APPS = [
    "tenants",
    "users",
    "credentials",
    "credentials.front_page.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
]
# Not for the API's requests: see `handler`.
BROWSER_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "credentials_portal.browsers.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "credentials_portal.browsers.Authentication",
    "credentials_portal.browsers.Messages",
    "tenants.admin_scope.AdminScopeMiddleware",
]
MIDDLEWARE = [
    "credentials_portal.health.HealthMiddleware",
    "credentials_portal.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *BROWSER_MIDDLEWARE,
]
APPEND_SLASH = False  # Both spellings are routes: a redirect would lose the body of a POST.
ROOT_URLCONF = "credentials_portal.urls"
WSGI_APPLICATION = "credentials_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en", "UTC", True
STATIC_URL = "static/"
# Development serves static files from the packages; production from where they were collected.
STATIC_ROOT = environment.text("STATIC_ROOT") or (BASE_DIR / "staticfiles" if PRODUCTION else None)
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- Database
DATABASE_URL = environment.database("DATABASE_URL")
if DATABASE_URL is None and PRODUCTION:
    raise ImproperlyConfigured("DATABASE_URL must be set in production.")
EMBEDDED_POSTGRES = DATABASE_URL is None
# Off for PgBouncer older than 1.21, which loses prepared statements.
PREPARED_STATEMENTS = environment.boolean("DATABASE_PREPARED_STATEMENTS", default=True)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **(DATABASE_URL or embedded_postgres.address(DATA_DIR).as_settings()),
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            **(DATABASE_URL or {}).get("OPTIONS", {}),
            "pool": {
                "min_size": 1,
                "max_size": environment.integer("DATABASE_POOL_SIZE", 8, at_least=1),
                "timeout": 10,
            },
            "connect_timeout": 5,
            "server_side_binding": PREPARED_STATEMENTS,
        },
        "TEST": {"NAME": "test_portal" + environment.text("TEST_RUN")},
    }
}

# --- People and tokens
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "users.backends.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/admin/login/"
AXES_FAILURE_LIMIT = environment.integer("LOGIN_FAILURE_LIMIT", 5, at_least=1)
AXES_COOLOFF_TIME = timedelta(minutes=environment.integer("LOGIN_LOCK_MINUTES", 15, at_least=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "users.login.account_key"
AXES_CLIENT_IP_CALLABLE = "credentials_portal.middleware.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # Retry-After stays true
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
# Its middleware would put its own page in place of our problem document.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

ACCESS_TOKEN_LIFETIME = timedelta(
    seconds=environment.integer("ACCESS_TOKEN_SECONDS", 600, at_least=1)
)
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": secret_keys.optional("JWT_SIGNING_KEY", SECRET_KEY),
    "ISSUER": "credentials-portal",
    "AUDIENCE": "credentials-portal-api",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": timedelta(
        days=environment.integer("REFRESH_TOKEN_DAYS", 14, at_least=1)
    ),
    "USER_ID_CLAIM": "sub",
    "UPDATE_LAST_LOGIN": False,
}
FORMER_JWT_SIGNING_KEYS = [
    *secret_keys.former("JWT_SIGNING_KEY_FALLBACKS"),
    *(secret_keys.derived(key, "JWT_SIGNING_KEY") for key in SECRET_KEY_FALLBACKS),
]

# --- Mail: invitations. Without a server, development shows it and production sends none.
MAIL_SERVER = environment.mail("EMAIL_URL")
SENDS_MAIL = MAIL_SERVER is not None or not PRODUCTION
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MAIL_SERVER
    else "credentials_portal.console_mail.EmailBackend"
)
# The request that invites waits so long for the server.
EMAIL_TIMEOUT = 10
globals().update(MAIL_SERVER or {})
DEFAULT_FROM_EMAIL = environment.text(
    "EMAIL_FROM", f"credentials-portal@{urlsplit(PUBLIC_URL).hostname or 'localhost'}"
)

# --- The API
MAX_BODY_BYTES = environment.integer("MAX_BODY_BYTES", 1_048_576, at_least=1)
# From its first line to its last byte, and between two pieces of a download; who is slower is
# cut off.
MAX_BODY_SECONDS = environment.integer("MAX_BODY_SECONDS", 300, at_least=1)
# The middleware has measured a body, by the limit of its view, before Django sees it.
DATA_UPLOAD_MAX_MEMORY_SIZE = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a bulk request's 1,000 names, and the rest of its form
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.TokenAuthentication"],
    "DEFAULT_PARSER_CLASSES": ["credentials_portal.json_format.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["credentials_portal.json_format.JsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "credentials_portal.json_format.OnlyJson",
    "DEFAULT_THROTTLE_CLASSES": ["credentials_portal.throttling.CallerThrottle"],
    "DEFAULT_SCHEMA_CLASS": "credentials_portal.schema.PortalSchema",
    "EXCEPTION_HANDLER": "credentials_portal.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
# Requests a minute; 0 means no limit.
THROTTLE_PER_MINUTE = {
    "user": environment.integer("THROTTLE_USER", 1200),
    "token": environment.integer("THROTTLE_TOKEN", 6000),
    "address": environment.integer("THROTTLE_ADDRESS", 600),
    "sign_in": environment.integer("THROTTLE_SIGN_IN", 60),
}
REDIS_URL = environment.text("REDIS_URL")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # A throttle counter a caller: past Django's 300, a busy minute would forget some.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    )
}
IDEMPOTENCY_HOURS = 24
SPECTACULAR_SETTINGS = {
    "TITLE": "Credentials Portal",
    "VERSION": "1.0.0",
    "LICENSE": {"name": "Apache-2.0"},
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "credentials_portal.schema.PortalGenerator",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,  # as the urls have them
    "ENUM_NAME_OVERRIDES": {
        "StandingEnum": "credentials.certifications.serializers.STANDINGS",
        "FindingEnum": "credentials.certifications.serializers.FINDINGS",
        "OrganizationStatusEnum": "credentials.certifications.member_serializers.STANDINGS",
        "MemberStatusEnum": "credentials.certifications.member_serializers.STATUSES",
        "IssuingSignalEnum": "credentials.models.CredentialDefinition.Signal",
        "WalletKindEnum": "credentials.wallet.serializers.KINDS",
        "WalletStatusEnum": "credentials.wallet.serializers.WORDS",
        "EventObjectKindEnum": "credentials.history.kinds.KINDS",
        "EventActorKindEnum": "tenants.models.Event.ActorKind",
    },
}

# --- Certifications: classes that verify a record by themselves, see `certifications.checks`
CERTIFICATION_CHECKS = environment.listing(
    "CERTIFICATION_CHECKS", ["credentials.verification.own_credentials.PortalCheck"]
)

# --- Files
MAX_FILE_BYTES = environment.integer("MAX_FILE_BYTES", 20 * 1024 * 1024, at_least=1)
# Of a tenant that chose none of its own; 0 means no limit.
STORAGE_QUOTA_BYTES = environment.integer("STORAGE_QUOTA_BYTES", 0)
FILES_DIR = Path(environment.text("FILES_DIR", str(DATA_DIR / "files"))).resolve()
# With a bucket, an S3-compatible store keeps them.
S3 = environment.s3("S3_")
CLAMAV = environment.scanner("CLAMAV")

# --- Logs
LOG_LEVEL = environment.choice("LOG_LEVEL", ["INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "credentials_portal.logs.JsonFormatter"}},
    "handlers": {"standard": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["standard"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Our own request log says the same with a request id.
        "django.request": {"level": "CRITICAL"},
        "django.server": {"level": "CRITICAL"},
        # Warns of each connection that it replaces; who needed one says so as an error.
        "psycopg.pool": {"level": "ERROR"},
        # These name accounts and addresses.
        "axes": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
