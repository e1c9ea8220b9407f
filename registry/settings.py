"""Settings. Environment variables set those that a site may change; the defaults run on a single machine."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.functional import SimpleLazyObject

from cellar_registry import IS_CHECKOUT, ROOT, require_own_packages
from registry.data_directory import default_directory, load_or_create_key

# registry/__init__.py checks this too, but another package may have overwritten it.
require_own_packages()

BASE_DIR = ROOT
env = environ.Env()

DATA_DIR = Path(env.str("CELLAR_DATA_DIR", default="") or default_directory()).expanduser().absolute()
# Generated on first use, so that commands that sign nothing write nothing.
SECRET_KEY = env.str("SECRET_KEY", default="") or SimpleLazyObject(lambda: load_or_create_key(DATA_DIR / "secret_key"))
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "registry.apps.RegistryConfig",
    "registry.apps.RegistryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "simple_history",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "registry.middleware.RequestTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "registry.urls"
WSGI_APPLICATION = "registry.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # When installed, they are in registry/templates, where APP_DIRS finds them.
        "DIRS": [BASE_DIR / "templates"] if IS_CHECKOUT else [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.web.context.command_line",
            ],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Django settings for a database URL, with the options each engine needs for concurrent writers."""
    settings: dict[str, object] = dict(env.db_url_config(url))
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["CONN_MAX_AGE"] = None
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


DATABASES = {"default": database(env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'cellar.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:home"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = False
FORMAT_MODULE_PATH = "registry.formats"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "files"
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=256 * 1024 * 1024)
PARSE_SECONDS = env.float("PARSE_SECONDS", default=120)
PARSE_MEMORY_BYTES = env.int("PARSE_MEMORY_BYTES", default=4 * 1024**3)
PARSE_ARCHIVE_BYTES = env.int("PARSE_ARCHIVE_BYTES", default=2 * 1024**3)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = env.bool("HTTPS", default=False)
SECURE_HSTS_SECONDS = 31_536_000 if env.bool("HTTPS", default=False) else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "registry.web.session.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "registry.api.base.authentication.StrictTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["registry.api.base.permissions.ProjectRolePermission"],
    "DEFAULT_PAGINATION_CLASS": "registry.api.base.pagination.StrictPageNumberPagination",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["registry.api.base.renderers.FastJSONRenderer"],
    "EXCEPTION_HANDLER": "registry.api.base.errors.exception_handler",
    "STRICT_JSON": True,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cellar",
    "DESCRIPTION": (
        "A registry of a battery lab's cells, their measurements and analysis results, and values from the "
        "literature.\n\n"
        "Authenticate with `Authorization: Token …`; any other Authorization header returns 401.\n\n"
        "Unknown fields return 400 with the most similar field name. Read-only fields (`refcode`, `values`, "
        "`created_at`) return 400 in a POST; a PATCH may include them unchanged.\n\n"
        "A query has at most 100 conditions: each value of a parameter and each word of `q` counts; repeats count "
        "once. A value has at most 1000 characters, `ordering` at most 5 columns. `x__exists=false` cannot be combined "
        "with another condition on x."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "CellOriginEnum": "registry.models.cell.CellOrigin",
        "CurveKindEnum": "registry.models.analysis_run.CurveKind",
        "MaterialKindEnum": "registry.models.material.MaterialKind",
        "SetupKindEnum": "registry.models.setup.SetupKind",
        "ValueOriginEnum": "registry.models.value.ValueOrigin",
        "RunStatusEnum": "registry.models.analysis_run.RunStatus",
        "ParseStatusEnum": "registry.models.dataset.ParseStatus",
    },
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": "", "docExpansion": "none"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

TASKS = {"default": {"BACKEND": env.str("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend")}}
RUN_LEASE_SECONDS = env.float("RUN_LEASE_SECONDS", default=45)
RUN_ATTEMPTS = env.int("RUN_ATTEMPTS", default=3)
RUN_SECONDS = env.float("RUN_SECONDS", default=300)
RUN_MEMORY_BYTES = env.int("RUN_MEMORY_BYTES", default=4 * 1024**3)

REGISTRY_BUILTIN_PLUGINS = "plugins"
REGISTRY_PLUGINS_DIR = env.str("REGISTRY_PLUGINS_DIR", default="")
LOAD_SECONDS = env.float("LOAD_SECONDS", default=30)
REGISTRY_DISABLED_PLUGINS = env.list("REGISTRY_DISABLED_PLUGINS", default=[])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"registry": {"level": env.str("LOG_LEVEL", default="INFO")}},
}
