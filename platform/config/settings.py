"""Django settings: one module; what an operator may change comes from `config.env`."""

from ipaddress import ip_network
from urllib.parse import unquote, urlsplit

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.env import ROOT, Env
from config.secrets import kept_key

ENV = Env()
BASE_DIR = ROOT
VAR_DIR = ENV.var_dir
DEBUG = ENV.debug
DEMO = ENV.demo
SAMPLE_DAYS = ENV.sample_days
SECRET_KEY = kept_key(ENV.secret_key, "secret_key", VAR_DIR)
MASTER_KEY = kept_key(ENV.master_key, "master_key", VAR_DIR)
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
]
SHARED_APPS = [
    "provinces",  # before django_tenants: its `migrate` refuses and names ours
    "django_tenants",
    "divisions",
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
    "appraisal.catalogue",
    "appraisal.desk",
    "appraisal.recognition",
    "appraisal.issuing",
    "appraisal.reverse_clues",
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
    }
}
TENANT_SYNC_ROUTER = "provinces.router.BorderRouter"
DATABASE_ROUTERS = [TENANT_SYNC_ROUTER]
DATABASE_PREFIX = ENV.database_prefix
DATABASE_POOL_SIZE = ENV.database_pool_size
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Requests -------------------------------------------------------------------------------------------------------------
MIDDLEWARE = [
    "gateway.security.SecurityHeadersMiddleware",
    "provinces.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "evidence.middleware.UploadLimitMiddleware",
    "accounts.csrf.SeatCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gateway.middleware.ProblemMiddleware",
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
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_DOMAIN = None  # host only: a cookie of one province is never sent to another host
SESSION_COOKIE_NAME = "__Host-session" if SCHEME == "https" else "session"  # browsers keep neighbours from planting it
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SCHEME == "https"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# Words, times ---------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Static files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
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
    }
}
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
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
CELERY_BEAT_SCHEDULE = {
    "accounts-sweep": {"task": "accounts.sweep_all", "schedule": 60.0, "options": {"seat": "public", "expires": 60}},
    "letters-sweep": {"task": "letters.sweep", "schedule": 5.0, "options": {"seat": "office", "expires": 5}},
    "peers-mind": {"task": "peers.mind", "schedule": 15.0, "options": {"seat": "courier", "expires": 15}},
    "parties-coverage": {"task": "parties.coverage", "schedule": 60.0, "options": {"seat": "brands", "expires": 50}},
    "issuing-stamps": {
        "task": "issuing.finish_waiting",
        "schedule": 60.0,
        "options": {"seat": "brands", "expires": 60},
    },
    "issuing-reuse": {
        "task": "issuing.look_for_reuse",
        "schedule": 60.0,
        "options": {"seat": "brands", "expires": 60},
    },
    "desk-clock": {"task": "desk.mind_the_clock", "schedule": 20.0, "options": {"seat": "brands", "expires": 20}},
    "evidence-sweep": {
        "task": "provinces.fan_out",
        "schedule": 60.0,
        "args": ["evidence.sweep"],
        "kwargs": {"also": ["brands"]},
        "options": {"seat": "public", "expires": 60},
    },
    "grants-tell-uses": {
        "task": "provinces.fan_out",
        "schedule": 60.0,
        "args": ["grants.tell_uses"],
        "kwargs": {"also": ["brands", "office"]},
        "options": {"seat": "public", "expires": 60},
    },
    "grants-mind": {
        "task": "provinces.fan_out",
        "schedule": 900.0,
        "args": ["grants.mind"],
        "kwargs": {"also": ["brands", "office"]},
        "options": {"seat": "public", "expires": 900},
    },
    "agreements-mind": {
        "task": "provinces.fan_out",
        "schedule": 900.0,
        "args": ["agreements.mind"],
        "kwargs": {"also": ["office"]},
        "options": {"seat": "public", "expires": 900},
    },
    "audit-sequence": {
        "task": "provinces.fan_out",
        "schedule": 15.0,
        "args": ["audit.sequence"],
        "kwargs": {"also": ["brands", "office"]},
        "options": {"seat": "public", "expires": 15},
    },
    "audit-daily": {
        "task": "provinces.fan_out",
        "schedule": 120.0,
        "args": ["audit.daily"],
        "kwargs": {"also": ["brands", "office"]},
        "options": {"seat": "public", "expires": 120},
    },
    "bundles-sweep": {
        "task": "provinces.fan_out",
        "schedule": 60.0,
        "args": ["bundles.sweep"],
        "options": {"seat": "public", "expires": 60},
    },
    "clues-ledger-sweep": {
        "task": "provinces.fan_out",
        "schedule": 60.0,
        "args": ["clues.ledger_sweep"],
        "options": {"seat": "public", "expires": 60},
    },
    "notify-sweep": {
        "task": "provinces.fan_out",
        "schedule": 30.0,
        "args": ["notify.sweep"],
        "kwargs": {"also": ["brands", "office"]},
        "options": {"seat": "public", "expires": 30},
    },
    **(
        {
            "door-figures": {
                "task": "provinces.fan_out",
                "schedule": 300.0,
                "args": ["bureau.show_at_door"],
                "options": {"seat": "public", "expires": 300},
            }
        }
        if DEMO
        else {}
    ),
    "broker-clock": {
        "task": "provinces.fan_out",
        "schedule": 300.0,
        "args": ["broker.mind_the_clock"],
        "options": {"seat": "public", "expires": 300},
    },
    "seizure-alarms": {
        "task": "provinces.fan_out",
        "schedule": 600.0,
        "args": ["inspections.seizure_alarms"],
        "options": {"seat": "public", "expires": 600},
    },
    "clue-alarms": {
        "task": "provinces.fan_out",
        "schedule": 600.0,
        "args": ["clues.alarms"],
        "options": {"seat": "public", "expires": 600},
    },
    "clue-imports": {
        "task": "provinces.fan_out",
        "schedule": 60.0,
        "args": ["clues.sweep_imports"],
        "options": {"seat": "public", "expires": 60},
    },
    "matching-sweep": {
        "task": "provinces.fan_out",
        "schedule": 600.0,
        "args": ["matching.sweep"],
        "options": {"seat": "public", "expires": 600},
    },
    "matching-find": {"task": "matching.find", "schedule": 60.0, "options": {"seat": "office", "expires": 60}},
    "campaigns-urgent": {
        "task": "provinces.fan_out",
        "schedule": 10.0,
        "args": ["campaigns.mind_urgent"],
        "options": {"seat": "public", "expires": 10},
    },
    "campaigns-actions": {
        "task": "provinces.fan_out",
        "schedule": 15.0,
        "args": ["campaigns.mind_actions"],
        "options": {"seat": "public", "expires": 15},
    },
    "official-letters": {
        "task": "provinces.fan_out",
        "schedule": 30.0,
        "args": ["correspondence.mind"],
        "options": {"seat": "public", "expires": 30},
    },
    "recognition-sweep": {"task": "recognition.sweep", "schedule": 60.0, "options": {"seat": "brands", "expires": 50}},
    "recognition-lost": {"task": "recognition.lost", "schedule": 30.0, "options": {"seat": "brands", "expires": 25}},
    "recognition-nightly": {
        "task": "recognition.nightly",
        "schedule": crontab(hour=3, minute=20),
        "options": {"seat": "brands", "expires": 3600},
    },
    "opinion-reminders": {
        "task": "provinces.fan_out",
        "schedule": 600.0,
        "args": ["opinions.reminders"],
        "options": {"seat": "public", "expires": 600},
    },
    "requests-sweep": {"task": "requests.sweep", "schedule": 20.0, "options": {"seat": "office", "expires": 20}},
}
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
}
OBJECTS_DIR = VAR_DIR / "objects"
FILE_UPLOAD_TEMP_DIR = OBJECTS_DIR / ".incoming"  # what a dead process leaves there is swept by evidence

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
SEAT_TASKS = ENV.seat_tasks

# Catalogue ------------------------------------------------------------------------------------------------------------
PILOT_CATEGORIES: dict[str, list[str]] = {}  # province code to the codes of pilot categories switched on there

# API ------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gateway.tokens.TokenAuthentication",
        "accounts.csrf.SeatSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "gateway.tokens.TokenScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "gateway.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,  # the description says more than OPTIONS could
    "EXCEPTION_HANDLER": "gateway.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "查真假 chazhenjia API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],  # values of a choice stand where they are used: `state` means something else each time
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
}
