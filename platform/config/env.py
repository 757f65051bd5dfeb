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
    sample_days: int = Field(28, ge=1, le=366, description="days of history that the sample story tells")
    secret_key: str = Field("", description="signs sessions and tickets; made and kept under var/ when empty")
    master_key: str = Field("", description="passwords of the database logins are derived from it; likewise")
    matching_key: str = Field("", description="half of the key of provinces' digests; out of the master key when empty")
    domain: str = Field("localhost:8000", description="bare domain with port; hosts are <province>.<domain>")
    scheme: Literal["http", "https"] = "http"
    var_dir: Path = ROOT / "var"
    database_url: str = Field("postgresql://czj_owner@127.0.0.1:54329/chazhenjia", description="the owner's login")
    database_prefix: str = Field("", pattern=r"^([a-z][a-z0-9]*_)?$", description="put before every role name")
    database_pool_size: int = Field(40, ge=4, description="connections of one process, over all logins")
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
        {}, description="JSON, log name to Ed25519 key (32 bytes, base 64); a log that is not named derives its own"
    )
    tsa_url: str = Field("", description="RFC 3161 time-stamp authority; empty: our own, for demonstration")
    tsa_certificates: str = Field("", description="PEM file of the certificates whose time-stamps count")
    signing_certificates: str = Field(
        "",
        description="PEM file of the authorities whose signatures on papers count; empty: our own, for demonstration",
    )
    s3_lock_days: int = Field(1826, ge=0, description="object lock of originals, compliance mode; 0: none")
    s3_kms_keys: dict[str, str] = Field(
        {}, description='JSON: prefix of a province to its key\'s id, "*" for all others'
    )
    email_url: str = Field("", description="apprise address of the mail gateway with {to}; empty: console")
    sms_url: str = Field(
        "", description="apprise address of the SMS gateway with {to}; empty: console and the demo page"
    )
    phone_call_url: str = Field("", description="apprise address of the phone-call gateway with {to}; empty: console")
    max_upload_bytes: int = 60_000_000
    max_file_bytes: int = Field(2_200_000_000, description="limit of one video or document, sent in parts")
    uploads_kept_days: int = Field(14, ge=1, le=90, description="how long an unfinished upload can be continued")
    federation_office: bool = Field(
        True, description="the federation's office lives here, and not at another installation"
    )
    peer_networks: list[str] = Field(
        [], description='JSON: networks (CIDR) of other installations that have no public address, ["10.8.0.0/16"]'
    )
    seat_tasks: int = Field(2, ge=1, le=64, description="background tasks of one province at once in a worker process")
    clue_tell_days: int = Field(5, ge=1, le=60, description="working days to tell a source the end of its clue")

    @field_validator("peer_networks")
    @classmethod
    def _networks_only(cls, value: list[str]) -> list[str]:
        for each in value:
            ip_network(each)  # raises ValueError, which tells what is wrong
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str) -> str:
        if not value.startswith(("postgres://", "postgresql://")):
            raise ValueError("DATABASE_URL must begin with postgresql://")
        return value
