"""Join the example case system of docs/examples/case_system to a province of a demonstration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Post, User
from audit.trail import Actor
from connections import services as connections
from connections.models import Connection
from provinces import context
from runtime.sample import pictures, story
from tenants.embedding import keys
from webhooks import services as webhooks

NAME = "办案系统（示例）"
OFFICER = "chen"
PRODUCT, SHOTS = "lanhe-53", ("back_label", "cap_top")
KEY_ID = "example-1"
SCOPES = ["matters:read", "events:read"]
MACHINE = Actor(None, "系统")


class Command(BaseCommand):
    """Each run joins it anew: a connection, a client, a launch key, a webhook. Writes what the example needs."""

    help = "把 docs/examples/case_system 接到演示省份。Join the example case system to a province of a demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, required=True, help="where the example keeps its files")
        parser.add_argument("--port", type=int, default=9100, help="where the example will listen")
        parser.add_argument("--province", default="gx")

    def handle(self, *args: Any, folder: Path, port: int, province: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("只用于演示。For demonstrations only.")
        if "BROKER_URL" not in os.environ:  # the embedded servers: their logins are known to what `up` has started
            sys.exit(subprocess.call([sys.executable, *sys.argv], env=_as_running()))
        private = Ed25519PrivateKey.generate()
        with context.province(province):
            said = self._join(port, private)
        self._write(folder, private, said, port, province)
        self.stdout.write(str(folder))

    @transaction.atomic
    def _join(self, port: int, private: Ed25519PrivateKey) -> dict[str, str]:
        officer = User.objects.get_by_natural_key(OFFICER)
        connection = connections.create(
            by=MACHINE,
            kind=Connection.Kind.CASE_SYSTEM,
            name=NAME,
            contact="docs/examples/case_system",
            allowed_origins=[f"http://cases.localhost:{port}"],
        )
        client, secret = connections.make_client(
            connection, by=MACHINE, name=NAME, wanted=SCOPES, unit=officer.unit, roles=[Post.Role.OFFICER]
        )
        connections.switch_on(connection, by=MACHINE)
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        keys.add(connection_id=connection.pk, text=public.decode(), kid=KEY_ID, by=MACHINE)
        endpoint, signing = webhooks.make(
            connection, by=MACHINE, url=f"http://127.0.0.1:{port}/webhooks", kinds=["matter.changed"]
        )
        webhooks.switch_on(endpoint, by=MACHINE)
        return {"client_id": client.oidc_id, "client_secret": secret, "webhook_secret": signing}

    def _write(self, folder: Path, private: Ed25519PrivateKey, said: dict[str, str], port: int, province: str) -> None:
        (folder / "photos").mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for shot in SHOTS:
            data = pictures.photo(PRODUCT, shot, False, story.shot_seed(PRODUCT, shot))
            (folder / "photos" / f"{shot}.jpg").write_bytes(data)
        (folder / "launch-key.pem").write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        domain = settings.DOMAIN
        web = domain.rpartition(":")[2] if ":" in domain else "80"
        written = {
            "province": f"{settings.SCHEME}://{province}.{domain}",
            "connect": f"127.0.0.1:{web}",
            **said,
            "key_id": KEY_ID,
            "origin": f"http://cases.localhost:{port}",
            "own_url": f"http://127.0.0.1:{port}",
            "cases": [CASE],
        }
        (folder / "settings.json").write_text(json.dumps(written, ensure_ascii=False, indent=1), encoding="utf-8")


def _as_running() -> dict[str, str]:
    """The environment of the pages that `manage.py up` serves from this VAR_DIR."""
    try:
        record = json.loads((Path(settings.VAR_DIR) / "run" / "web.json").read_text())
        return psutil.Process(record["pid"]).environ()
    except (OSError, psutil.Error) as error:
        raise CommandError("没有找到正在运行的查真假。Start it first: make run.") from error


CASE = {
    "id": "2026-118",
    "number": "青市监案〔2026〕118号",
    "title": "涉嫌销售侵犯注册商标专用权的白酒案",
    "officer": OFFICER,
    "unit": "gx-qx-bri",
    "party": {"name": "青秀区顺意烟酒店", "uscc": "92450103MA5NX8QW7X", "address": "南宁市青秀区新竹路8号"},
    "place": {"address": "南宁市青秀区新竹路8号", "county_code": "450103"},
    "goods": [{"brand": "岚壑春", "name": "岚壑春 青坛", "quantity": "12", "unit": "瓶", "price_yuan": "298"}],
    "files": [f"{shot}.jpg" for shot in SHOTS],
}
