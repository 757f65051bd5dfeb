"""The case system of 南宁 has opened one case: its launch key, a matter with an earlier number, a few launches.

Found by name, see `runtime.seed`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import F

from accounts.models import User
from appraisal.requests.models import AppraisalRequest
from audit.trail import Actor
from connections.models import Connection
from tenants.embedding import keys
from tenants.embedding.models import Launch, LaunchKey, Matter, MatterAlias, MatterLink

WORDS = ("办案系统里的一件案", "a case of the case system")
AFTER = "tenants.correspondence"
PROVINCE = "gx"
NUMBER, EARLIER = "桂市监案〔2026〕118号", "桂市监线〔2026〕307号"


def fill(stage: Any) -> None:
    """Rows beside the connection that stands there; nothing without it, nothing twice."""
    with stage.enter(PROVINCE):
        connection = Connection.objects.filter(kind=Connection.Kind.CASE_SYSTEM).order_by("id").first()
        if connection is None or LaunchKey.objects.exists():
            return
        machine = Actor(None, connection.name)
        public = Ed25519PrivateKey.generate().public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        keys.add(connection_id=connection.pk, text=pem.decode(), kid="2026-1", by=machine)
        LaunchKey.objects.update(used_at=stage.now - timedelta(minutes=50))
        _matter(stage, connection)


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)


def _matter(stage: Any, connection: Connection) -> None:
    answered = AppraisalRequest.objects.filter(state=AppraisalRequest.State.ANSWERED).order_by("-pk")
    request = answered.select_related("site", "officer", "unit").first()
    if request is None:
        return
    officer: User = request.officer
    matter = Matter.objects.create(
        connection_id=connection.pk, connection_name=connection.name, case_number=NUMBER, external_id="sample-118",
        title="涉嫌销售侵犯注册商标专用权的商品案", officer=officer, unit=request.unit,
        party={"name": "南宁市样烟酒商行", "uscc": "", "address": request.site.place}, place=request.site.place,
        county_code=request.site.county_code, return_mode=Matter.Return.WEBHOOK,
        created_at=stage.now - timedelta(hours=3), opened_at=stage.now - timedelta(minutes=50),
    )  # fmt: skip
    MatterAlias.objects.create(matter=matter, number=EARLIER, until=stage.now - timedelta(hours=2))
    MatterLink.objects.create(matter=matter, kind=MatterLink.Kind.SITE, object_id=request.site_id)
    for minutes, code, skew in ((180, "", 1), (95, "launch_expired", -612), (50, "", 2)):
        Launch.objects.create(
            at=stage.now - timedelta(minutes=minutes), connection_id=connection.pk, jti=f"sample-{minutes}", code=code,
            case_number=NUMBER if minutes < 100 else EARLIER, matter=None if code else matter,
            officer=None if code else officer, target="appraisal", skew_s=skew,
        )  # fmt: skip
    Matter.objects.filter(pk=matter.pk).update(changed_at=F("opened_at"))
