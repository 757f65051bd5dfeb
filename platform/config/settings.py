"""Django settings: one module; what an operator may change comes from `config.env`."""

import gc
import os
import tomllib
from ipaddress import ip_network
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.env import ROOT, Env
from config.logs import logging_settings
from config.reading import READING
from config.schedule import schedule
from config.secrets import kept_key

gc.set_threshold(100_000, 20, 20)  # loading makes a million objects and no garbage: looking for it takes long
ENV = Env(_secrets_dir=os.environ.get("SECRETS_DIR") or None)
BASE_DIR = ROOT
VAR_DIR = ENV.var_dir
DEBUG = ENV.debug
DEMO = ENV.demo
SANDBOX = ENV.demo if ENV.sandbox is None else ENV.sandbox
# Tasks of every province that speak with real parties or count for real figures: not for the sandbox.
SANDBOX_WITHOUT = frozenset(
    {
        "agreements.mind",
        "broker.mind_the_clock",
        "bureau.show_at_door",
        "grants.mind",
        "grants.tell_uses",
        "matching.sweep",
        "usage.nightly",
    }
)
SAMPLE_DAYS = ENV.sample_days
SECRET_KEY = kept_key(ENV.secret_key, "secret_key", VAR_DIR)
MASTER_KEY = kept_key(ENV.master_key, "master_key", VAR_DIR)
MASTER_KEYS_BEFORE = tuple(filter(None, ENV.master_key_previous.split()))  # opens what was sealed before a change
SECRET_KEY_FALLBACKS = ENV.secret_key_previous.split()
MATCHING_KEY = ENV.matching_key  # provinces' digests; empty: derived from the master key

# Hosts ----------------------------------------------------------------------------------------------------------------
DOMAIN = ENV.domain
SCHEME = ENV.scheme
DOMAIN_NAME = DOMAIN.partition(":")[0]
ALLOWED_HOSTS = [DOMAIN_NAME, f".{DOMAIN_NAME}"]
URLCONFS = {
    "province": "config.urls.province",
    "superior": "config.urls.superior",
    "brands": "config.urls.brands",
    "office": "config.urls.office",
    "public": "config.urls.door",
    "courier": "config.urls.courier",
}
ROOT_URLCONF = "config.urls.door"
EVENTS_URL = ENV.events_url
WSGI_APPLICATION = "config.wsgi.application"
# At once in one process, see gateway.admission.
WEB_THREADS, WEB_UPLOADS, WEB_WAITING = ENV.web_threads, ENV.web_uploads, ENV.web_waiting
WEB_PATIENCE_S, WEB_LONGEST_S = ENV.web_patience_s, ENV.web_longest_s
EVENTS_STREAMS = ENV.events_streams

# Apps -----------------------------------------------------------------------------------------------------------------
# People, and what hangs on them, exist twice: in each province's schema, and in `public` for brands and the office.
_EVERYWHERE = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "accounts",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "audit",
    "evidence",
    "notify",
    "gateway",
    "allauth.idp.oidc",
    "connections",
    "webhooks",
    "retention",
    "oversight",
    "watching",
    "billing_free.usage",
]
SHARED_APPS = [
    "provinces",  # before django_tenants: its `migrate` refuses and names ours
    "django_tenants",
    "backups",
    "operations",
    "watching.board",
    "divisions",
    "workdays",
    *_EVERYWHERE,
    "federation.parties",
    "federation.directory",
    "federation.letters",
    "federation.heads",
    "federation.office",
    "federation.published",
    "federation.agreements",
    "federation.grants",
    "federation.broker",
    "federation.matching",
    "federation.matching.exchange",
    "federation.jointcases",
    "federation.peers",
    "billing_free.prices",
    "billing_free.quotas",
    "appraisal.catalogue",
    "appraisal.desk",
    "appraisal.recognition",
    "appraisal.issuing",
    "appraisal.reverse_clues",
    "appraisal.platforms",
]
TENANT_APPS = [
    *_EVERYWHERE,
    "federation.heads",
    "federation.transfers",
    "federation.agreements",
    "federation.grants",
    "federation.broker",
    "federation.matching",
    "federation.jointcases",
    "papers",
    "appraisal.requests",
    "appraisal.hints",
    "appraisal.opinions",
    "tenants.bureau",
    "tenants.bundles",
    "tenants.inspections",
    "tenants.cases",
    "tenants.clues",
    "tenants.campaigns",
    "tenants.correspondence",
    "signon",
    "scim",
    "tenants.embedding",
    "tenants.parcels",
    "tenants.linkage",
]
_WITHOUT_TABLES = [
    "kernel",
    "webui",
    "runtime",
    "django.contrib.humanize",
    "webui.files.FilesConfig",  # django.contrib.staticfiles
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "template_partials",
]
INSTALLED_APPS = [*_WITHOUT_TABLES, *dict.fromkeys([*SHARED_APPS, *TENANT_APPS])]
TENANT_MODEL = "provinces.Province"
TENANT_DOMAIN_MODEL = "provinces.Domain"

# Database -------------------------------------------------------------------------------------------------------------
_db = urlsplit(ENV.database_url)
DATABASES = {
    "default": {
        "ENGINE": "provinces.database",
        "NAME": _db.path.lstrip("/"),
        "USER": unquote(_db.username or ""),
        "PASSWORD": unquote(_db.password or ""),
        "HOST": _db.hostname or "127.0.0.1",
        "PORT": str(_db.port or 5432),
        "CONN_MAX_AGE": 0,  # the pool below Django keeps connections; Django gives each back at the end of a request
        "DISABLE_SERVER_SIDE_CURSORS": True,  # works behind a transaction-mode pooler
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "connect_timeout": ENV.database_connect_s,
            # A server that vanished without a word: noticed after half a minute, not after two hours.
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
    }
}
TENANT_SYNC_ROUTER = "provinces.router.BorderRouter"
DATABASE_ROUTERS = [TENANT_SYNC_ROUTER]
DATABASE_PREFIX = ENV.database_prefix
DATABASE_POOLER = ENV.database_pooler
DATABASE_POOL_SIZE = ENV.database_pool_size
DATABASE_WAIT_S = ENV.database_wait_s
REPLICA_URLS, REPLICA_STALE_S = ENV.replica_urls, ENV.replica_stale_s
# Pages that only read and that many look at: lists, search, figures. See provinces.replicas.
REPLICA_PAGES = frozenset(
    {
        "requests:list",
        "bureau:leader",
        "bureau:home",
        "clue_ledger:list",
        "clue_ledger:counts",
        "clue_ledger:open",
        "clue_ledger:targets",
        "clues:assessments",
        "desk:figures",
        "inspections:list",
        "inspections:day",
        "recognition:figures",
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Requests -------------------------------------------------------------------------------------------------------------
MIDDLEWARE = [
    "gateway.security.SecurityHeadersMiddleware",
    "watching.middleware.WatchMiddleware",  # before the host is known: /healthz answers everywhere
    "provinces.middleware.HostMiddleware",
    "runtime.sandbox.showing.SandboxMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.embedding.middleware.EmbeddedSessionMiddleware",  # Django's own, but for pages a case system opened
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "evidence.middleware.UploadLimitMiddleware",
    "accounts.csrf.SeatCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "connections.middleware.TrafficMiddleware",
    "signon.middleware.StillThereMiddleware",
    "gateway.middleware.ProblemMiddleware",
    "gateway.limits.PeopleMiddleware",
    "oversight.middleware.OfficeAuditorMiddleware",
    "audit.middleware.ReadsMiddleware",  # inside: an answer whose reading cannot be written does not leave
    "provinces.replicas.ReplicaMiddleware",  # the last: what stands before it reads from the primary
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webui.context.page",
                "federation.parties.acting.page",
                "runtime.door.guide.context",
                "runtime.sandbox.showing.page",
                "tenants.embedding.pages.page",
            ],
        },
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
MAX_UPLOAD_BYTES = ENV.max_upload_bytes
MAX_FILE_BYTES = ENV.max_file_bytes
UPLOADS_KEPT_DAYS = ENV.uploads_kept_days
CLUE_TELL_DAYS = ENV.clue_tell_days
UPLOADS_OPEN, UPLOADS_OPEN_BYTES = 500, 4 * MAX_FILE_BYTES  # unfinished ones of one person
UPLOAD_PIECE_BYTES = 1 << 16

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "phone"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "phone*", "password1*"]  # nobody signs up; this switches phone numbers on
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_FORMAT = ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.SeatResetTokens"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = "accounts.selectors.shown_name"
# A bureau of a thousand people leaves through one address at half past eight.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/300s/key",
    "request_login_code": "200/m/ip,3/m/key",
    "verify_phone": "1/30s/key,100/m/ip",
}
ACCOUNTS_CODE_SENDER = "notify.codes.SmsSender"
ACCOUNTS_IMPORT_DROP_SHARE = 0.2  # a complete list that would suspend more than this share needs a second administrator
ACCOUNTS_IMPORT_MAX_BYTES = 20_000_000
SCIM_REMOVALS_AT_MOST = 50  # people whom a directory may take out in a day without a question, whatever the share
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "accounts.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.passkey_forms.EditPasskeyForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SCHEME == "http"
SOCIALACCOUNT_ADAPTER = "signon.adapters.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "signon.openid.provider.BureauProvider"}}
IDP_OIDC_ADAPTER = "signon.idp.adapter.ProvinceAdapter"
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 12 * 3600
SOCIALACCOUNT_LOGIN_ON_GET = False
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_DOMAIN = None  # host only: a cookie of one province is never sent to another host
SESSION_COOKIE_NAME = "__Host-session" if SCHEME == "https" else "session"  # browsers keep neighbours from planting it
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SCHEME == "https"
# Only behind proxies of our own, which say so anew: a browser may write these headers too.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxies else None
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxies
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "tenants.embedding.middleware.MessageStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

SUDO_AGE_S = 10 * 60  # how long a proof of who one is counts for dangerous acts

# Words, times ---------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Static files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_dir or VAR_DIR / "static"
STATICFILES_DIRS = [
    ("vendor/openseadragon", ROOT / "node_modules/openseadragon/build/openseadragon"),
    ("vendor/tus", ROOT / "node_modules/tus-js-client/dist"),
    ("vendor/zxing", ROOT / "node_modules/zxing-wasm/dist/iife/reader"),
    ("vendor/zxing-wasm", ROOT / "node_modules/zxing-wasm/dist/reader"),
]
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "jpg", "jpeg", "webp", "woff2", "gz", "br", "zip", "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "webui.storage.ModuleStaticFilesStorage"
    },
}

# Jobs, caches, streams ------------------------------------------------------------------------------------------------
BROKER_URL = ENV.broker_url
VALKEY_URL = ENV.cache_url or (
    ENV.broker_url.rsplit("/", 1)[0] + "/1" if ENV.broker_url.startswith(("redis", "valkey")) else ""
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": VALKEY_URL,
        "KEY_FUNCTION": "provinces.cache.seat_key",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
    }
}
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # longer than any task may run: one that runs is not given to a second worker
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 0,  # of opening a connection to publish: by default a request would wait six seconds
}
CELERY_TASK_PUBLISH_RETRY = False  # a request never waits for a broker that is down; the sweep picks the letter up
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_TIMEOUT = 4
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# Seconds, soft and hard, by the beginning of a task's name; see provinces.limits.
_SHORT, _LONG = (240, 300), (3300, 3500)
TASK_LIMITS = {
    "": _SHORT,
    "accounts.run_import": _LONG,
    "bundles.build": _LONG,
    "clues.export_ledger": _LONG,
    "clues.run_import": _LONG,
    "clues.work_batch": _LONG,
    "parcels.build": _LONG,
    "parcels.nightly": _LONG,
    "matching.find": _LONG,
    "recognition.": _LONG,  # one photo has 90 seconds of its own, see appraisal.recognition.tasks
    "runtime.sandbox_mind": _LONG,
}
# A worker takes from its queues in turn: the letters of a flooded province wait for one another, and nobody for them.
LETTERS_QUEUE, LETTERS_LANES = "letters", 16
CELERY_TASK_QUEUES = [Queue(name) for name in ("celery", *(f"{LETTERS_QUEUE}.{at}" for at in range(LETTERS_LANES)))]
CELERY_TASK_ROUTES = {
    "evidence.intake": {"queue": "intake"},
    "evidence.redact": {"queue": "intake"},
    "recognition.sync": {"queue": "recognition-first"},  # a new entry is not blind until all photos were looked at
    "recognition.examine": {"queue": "recognition-first"},
    "recognition.lost": {"queue": "celery"},  # the worker of recognition may be the one that is gone
    "recognition.*": {"queue": "recognition"},
}
# Recognition over several workers, see appraisal.recognition.sharding: how many, and which of them this process is.
_own_shard, _, _shards = ENV.recognition_shard.partition("/")
RECOGNITION_SHARDS = int(_shards or 1)
RECOGNITION_SHARD = int(_own_shard) if _own_shard else None
if RECOGNITION_SHARDS > 1:  # what is nobody's in particular is done by the first, which calls the others
    CELERY_TASK_ROUTES |= {
        "recognition.sync": {"queue": "recognition-first.0"},
        "recognition.examine": {"queue": "recognition-first.0"},
        "recognition.*": {"queue": "recognition.0"},
    }
CELERY_BEAT_SCHEDULE = schedule(demo=DEMO)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# Objects --------------------------------------------------------------------------------------------------------------
S3 = {
    "endpoint_url": ENV.s3_endpoint_url,
    "bucket": ENV.s3_bucket,
    "access_key_id": ENV.s3_access_key_id,
    "secret_access_key": ENV.s3_secret_access_key,
    "region": ENV.s3_region,
    "lock_days": ENV.s3_lock_days,
    "kms_keys": tuple(sorted(ENV.s3_kms_keys.items())),
    "timeout_s": ENV.s3_timeout_s,
}
# Backups: the key is never written by us; without a place of its own beat writes none.
BACKUP_PLACE = ENV.backup_place
BACKUP_KEY = ENV.backup_key
BACKUP_KEY_FILE = ENV.backup_key_file
BACKUP_S3 = {
    "endpoint_url": ENV.backup_s3_endpoint_url,
    "access_key_id": ENV.backup_s3_access_key_id,
    "secret_access_key": ENV.backup_s3_secret_access_key,
}
OBJECTS_DIR = VAR_DIR / "objects"
FILE_UPLOAD_TEMP_DIR = OBJECTS_DIR / ".incoming"  # what a dead process leaves there is swept by evidence

# Trail: what is written of reading -----------------------------------------------------------------------------------
AUDIT_READING = READING
AUDIT_COPY = {
    "url": ENV.audit_copy_url,
    "ca_file": ENV.audit_copy_ca_file,
    "certificate_file": ENV.audit_copy_certificate_file,
    "token": ENV.audit_copy_token,
    "lock_days": ENV.audit_copy_lock_days,
}

# Sealed log -----------------------------------------------------------------------------------------------------------
LOG_KEYS = ENV.log_keys
TSA_URL = ENV.tsa_url
TSA_CERTIFICATES = ENV.tsa_certificates
SIGNING_CERTIFICATES = ENV.signing_certificates

# Messages -------------------------------------------------------------------------------------------------------------
NOTIFY_TRANSPORT = "notify.transports.AppriseTransport"
EMAIL_URL = ENV.email_url
SMS_URL = ENV.sms_url
PHONE_CALL_URL = ENV.phone_call_url

# Letters --------------------------------------------------------------------------------------------------------------
LETTERS_STORE = "evidence.store.store"
LETTERS_ORGANISATION_MODEL = "parties.Organisation"  # found by name: its `state` says who can be written to

# Other installations --------------------------------------------------------------------------------------------------
FEDERATION_OFFICE = ENV.federation_office
PEER_NETWORKS = tuple(ip_network(each) for each in ENV.peer_networks)
OUTBOUND_NETWORKS = tuple(ip_network(each) for each in ENV.outbound_networks)
SEAT_TASKS = ENV.seat_tasks

# Watching -------------------------------------------------------------------------------------------------------------
VERSION = ENV.release or tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
LOGGING = logging_settings(ENV.log_format, ENV.log_level)
LOG_REQUESTS = ENV.log_requests
TRUSTED_PROXIES = tuple(ip_network(each) for each in ENV.trusted_proxies)
SENTRY_DSN, SENTRY_ENVIRONMENT = ENV.sentry_dsn, ENV.sentry_environment
METRICS_DIR = ENV.metrics_dir
BACKUPS_LAST = "backups.selectors.last_of"  # found by name: it stands beside, not below

# Catalogue ------------------------------------------------------------------------------------------------------------
PILOT_CATEGORIES: dict[str, list[str]] = {}  # province code to the codes of pilot categories switched on there

# API ------------------------------------------------------------------------------------------------------------------
API_CALLS_PER_MINUTE = ENV.api_calls_per_minute
PERSON_CALLS_PER_MINUTE = ENV.person_calls_per_minute
PERSON_ON_SITE_PER_MINUTE = max(3000, 2 * PERSON_CALLS_PER_MINUTE)
HOST_CALLS_PER_MINUTE = ENV.host_calls_per_minute
API_ON_SITE_PER_MINUTE = 1200  # of what an officer in a shop waits for; no connection's own limit goes below it
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "connections.auth.ClientAuthentication",
        "gateway.tokens.TokenAuthentication",
        "accounts.csrf.SeatSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "gateway.tokens.TokenScope"],
    "DEFAULT_THROTTLE_CLASSES": ["gateway.limits.KeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gateway.parsers.Json"],
    "DEFAULT_SCHEMA_CLASS": "gateway.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,  # the description says more than OPTIONS could
    "EXCEPTION_HANDLER": "gateway.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "查真假 chazhenjia API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # No hook pulls choices out: they stand where they are used, `state` means something else each time.
    "POSTPROCESSING_HOOKS": ["connections.described.list_scopes"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
}
