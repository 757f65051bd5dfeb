"""The environment, read once, typed, failing loudly on a bad value.

With nothing set, the embedded defaults run: `make run` starts PostgreSQL and Valkey itself and hands their
addresses to the other parts through these same variables.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


class Env(BaseSettings):
    """Every setting that an operator may give. Names in the environment are upper case."""

    model_config = SettingsConfigDict(case_sensitive=False, extra="ignore")

    debug: bool = False
    demo: bool = Field(True, description="demonstration mode: personas on the front door, sample story")
    sandbox: bool | None = Field(
        None, description="make the integrators' sandbox, reset nightly; empty: in demonstration mode only"
    )
    sample_days: int = Field(28, ge=1, le=366, description="days of history that the sample story tells")
    secret_key: str = Field("", description="signs sessions and tickets; made and kept under var/ when empty")
    master_key: str = Field("", description="passwords of the database logins are derived from it; likewise")
    secret_key_previous: str = Field("", description="former SECRET_KEYs that still count, blanks between them")
    master_key_previous: str = Field("", description="former MASTER_KEYs while `rotate master-key` is under way")
    matching_key: str = Field("", description="half of the key of provinces' digests; out of the master key when empty")
    domain: str = Field("localhost:8000", description="bare domain with port; hosts are <province>.<domain>")
    scheme: Literal["http", "https"] = "http"
    proxies: int = Field(0, ge=0, le=5, description="reverse proxies in a row before the pages; 0: none")
    var_dir: Path = ROOT / "var"
    static_dir: Path | None = Field(None, description="collected static files, as an image brings them; under var_dir")
    database_url: str = Field("postgresql://czj_owner@127.0.0.1:54329/chazhenjia", description="the owner's login")
    database_prefix: str = Field("", pattern=r"^([a-z][a-z0-9]*_)?$", description="put before every role name")
    database_pool_size: int = Field(40, ge=4, description="connections of one process, over all logins")
    database_connect_s: int = Field(5, ge=1, le=60, description="how long opening a connection may take")
    database_wait_s: float = Field(5, gt=0, le=60, description="how long a request waits for a connection of the pool")
    replica_urls: list[str] = Field([], description="JSON: addresses of replicas for read-only pages")
    replica_stale_s: float = Field(10, gt=0, description="a replica further behind than this is not asked")
    web_processes: int = Field(2, ge=1, le=256, description="web processes of one gunicorn")
    web_threads: int = Field(8, ge=2, le=64, description="requests that a web process works on at once")
    web_uploads: int = Field(8, ge=1, le=64, description="pieces of files that a web process takes in at once, beside")
    web_waiting: int = Field(24, ge=1, le=1000, description="requests that wait in a web process; more are turned away")
    web_patience_s: float = Field(
        5, gt=0, le=30, description="how long a request waits at most before it is turned away"
    )
    web_longest_s: float = Field(120, ge=10, description="a request that runs longer hangs: its process is replaced")
    events_streams: int = Field(5000, ge=1, description="open event streams of one process; more are turned away")
    database_pooler: str = Field(
        "",
        pattern=r"^([A-Za-z0-9._-]+:[0-9]{1,5})?$",
        description="host:port of PgBouncer in transaction mode, for every login but the owner's; empty: none",
    )
    broker_url: str = "redis://127.0.0.1:56379/0"
    cache_url: str = Field("", description="Valkey for caches and streams; empty: database 1 of the broker")
    events_url: str = Field(
        "",
        description="public address of the event streams, `{host}` for the page's host; empty: port 8001 of each host",
    )
    s3_endpoint_url: str = ""
    s3_bucket: str = "chazhenjia"
    s3_access_key_id: str = ""
    s3_secret_access_key: str = ""
    s3_region: str = "cn-local"
    log_keys: dict[str, str] = Field(
        {},
        description="JSON, log name to Ed25519 keys (32 bytes, base 64), new before old; one not named derives its own",
    )
    tsa_url: str = Field("", description="RFC 3161 time-stamp authority; empty: our own, for demonstration")
    tsa_certificates: str = Field("", description="PEM file of the certificates whose time-stamps count")
    signing_certificates: str = Field(
        "",
        description="PEM file of the authorities whose signatures on papers count; empty: our own, for demonstration",
    )
    audit_copy_url: str = Field(
        "", description="where the trail is copied to: syslog+tls://host:6514, https://…, s3://bucket/prefix, file:///…"
    )
    audit_copy_ca_file: str = Field(
        "", description="PEM file of the authority of the syslog server; empty: the system's"
    )
    audit_copy_certificate_file: str = Field(
        "", description="PEM file with our key and certificate, where it asks for one"
    )
    audit_copy_token: str = Field("", description="bearer token for the https address")
    audit_copy_lock_days: int = Field(1826, ge=0, description="object lock of the copies in the bucket; 0: none")
    s3_lock_days: int = Field(1826, ge=0, description="object lock of originals, compliance mode; 0: none")
    s3_kms_keys: dict[str, str] = Field(
        {}, description='JSON: prefix of a province to its key\'s id, "*" for all others'
    )
    s3_timeout_s: float = Field(10, gt=0, le=120, description="how long one answer of the store may take")
    email_url: str = Field("", description="apprise address of the mail gateway with {to}; empty: console")
    sms_url: str = Field(
        "", description="apprise address of the SMS gateway with {to}; empty: console and the demo page"
    )
    phone_call_url: str = Field("", description="apprise address of the phone-call gateway with {to}; empty: console")
    max_upload_bytes: int = 60_000_000
    max_file_bytes: int = Field(2_200_000_000, description="limit of one video or document, sent in parts")
    backup_place: str = Field("", description="where beat writes a backup of all every night: a folder, or s3://…")
    backup_key: str = Field("", description="key of backups, 32 bytes in base 64; kept apart from them")
    backup_key_file: str = Field("", description="file that holds it instead")
    backup_s3_endpoint_url: str = ""
    backup_s3_access_key_id: str = ""
    backup_s3_secret_access_key: str = ""
    uploads_kept_days: int = Field(14, ge=1, le=90, description="how long an unfinished upload can be continued")
    federation_office: bool = Field(
        True, description="the federation's office lives here, and not at another installation"
    )
    peer_networks: list[str] = Field(
        [], description='JSON: networks (CIDR) of other installations that have no public address, ["10.8.0.0/16"]'
    )
    outbound_networks: list[str] = Field(
        [],
        description='JSON: networks (CIDR) without public addresses that partners\' systems lie in, ["10.20.0.0/16"]',
    )
    seat_tasks: int = Field(2, ge=1, le=64, description="background tasks of one province at once in a worker process")
    recognition_shard: str = Field(
        "",
        pattern=r"^([0-9]{0,3}/[1-9][0-9]{0,2})?$",
        description="recognition over several workers: `/4` everywhere, `0/4` to `3/4` at them; empty: one",
    )
    clue_tell_days: int = Field(5, ge=1, le=60, description="working days to tell a source the end of its clue")

    api_calls_per_minute: int = Field(600, ge=10, le=100_000, description="calls a minute of one key or one program")
    person_calls_per_minute: int = Field(600, ge=0, le=1_000_000, description="pages a minute of a person; 0: no limit")
    host_calls_per_minute: int = Field(120_000, ge=1000, description="pages a minute of all people of a host")
    log_format: Literal["json", "text"] = Field("json", description="one JSON object a line, or lines for eyes")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="of our own parts")
    log_requests: bool = Field(True, description="one line for each answered request")
    trusted_proxies: list[str] = Field(
        [], description='JSON: networks (CIDR) of our own proxies, whose X-Request-ID is believed, ["10.0.0.0/8"]'
    )
    release: str = Field("", description="version of the code that runs, as it is shown; empty: that of pyproject.toml")
    sentry_dsn: str = Field("", description="address of the project in Sentry that error reports go to; empty: none")
    sentry_environment: str = Field("", description="name of this installation in error reports; empty: its domain")
    metrics_dir: str = Field(
        "", description="folder that all parts of a machine share for their figures; empty: each keeps them to itself"
    )

    @field_validator("peer_networks", "outbound_networks", "trusted_proxies")
    @classmethod
    def _networks_only(cls, value: list[str]) -> list[str]:
        for each in value:
            ip_network(each)  # raises ValueError, which tells what is wrong
        return value

    @field_validator("recognition_shard")
    @classmethod
    def _shard_is_one_of_them(cls, value: str) -> str:
        own, _, count = value.partition("/")
        if own and int(own) >= int(count):
            raise ValueError(f"RECOGNITION_SHARD={value}: the shards of {count} are 0 to {int(count) - 1}")
        return value

    @field_validator("replica_urls")
    @classmethod
    def _replicas_are_postgres(cls, value: list[str]) -> list[str]:
        for each in value:
            if not each.startswith(("postgres://", "postgresql://")):
                raise ValueError("each of REPLICA_URLS must begin with postgresql://")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str) -> str:
        if not value.startswith(("postgres://", "postgresql://")):
            raise ValueError("DATABASE_URL must begin with postgresql://")
        return value
