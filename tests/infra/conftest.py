"""Files of operators, checked as far as this machine allows. What needs PgBouncer runs when it is asked for."""

import sys
from pathlib import Path

import pytest
from harness import pooler

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "infra" / "packages"), str(ROOT / "infra" / "kubernetes")]
collect_ignore = [] if pooler.wanted() else ["test_pgbouncer.py"]


def pytest_report_header() -> str | None:
    """Says what is left out."""
    return None if pooler.wanted() else "infra: test_pgbouncer.py runs with GUARD_PGBOUNCER=1 (make guards-pooled)"


@pytest.fixture(scope="session")
def known_settings() -> set[str]:
    """Every name that may stand in the environment of a part."""
    from config.env import Env

    of_parts = {
        "SECRETS_DIR", "SUPERUSER_URL", "BIND", "WEB_PORT", "EVENTS_PORT",
        "WEB_PROCESSES", "WEB_THREADS", "WORKERS", "INTAKE_WORKERS",
        "RECOGNITION_WORKERS", "RECOGNITION_SHARD", "VISION_THREADS", "QUEUES", "WORKER_NAME", "BEAT_FILE",
    }  # fmt: skip
    return {name.upper() for name in Env.model_fields} | of_parts
