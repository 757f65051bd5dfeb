"""The case of 南宁 was referred to the police by the linkage platform, and they gave a receipt. Found by name.

韦处 decided two days ago; the police's three days run. All is played through the services with the clock held there.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from accounts.models import User
from connections import services as connections
from connections.models import Connection
from kernel import clock
from notify.models import Notice
from tenants.cases import services as cases
from tenants.cases.models import Case
from tenants.linkage.models import Outgoing, Referral
from tenants.linkage.services import mapping, referring, sending

WORDS = ("移送公安机关的一件案", "a case referred to the police")
AFTER = "tenants.correspondence"
PROVINCE, NAME = "gx", "广西两法衔接信息共享平台（示例）"
_MADE_BY, _SWITCHED_ON_BY = "huang", "qin"
_PEOPLE = (_MADE_BY, _SWITCHED_ON_BY, "chen", "wei")
_FACTS = (
    "2026 年现场检查查获涉嫌假冒“岚壑春”白酒 48 瓶、散装白酒 12.5 千克，当事人不能说明来源；权利人出具辨认意见。"
    "货值按标价计算，涉嫌销售假冒注册商标的商品。"
)


def fill(stage: Any) -> None:
    """Tell it once; nothing without the case and its people."""
    with stage.enter(PROVINCE):
        if Connection.objects.filter(name=NAME).exists():
            return
        case = Case.objects.filter(state=Case.State.FILED, proposal__inspection__isnull=False).order_by("pk").first()
        if case is None or Referral.objects.filter(case=case).exists():
            return
        people = {each.username: each for each in User.objects.filter(username__in=_PEOPLE, is_active=True)}
        if people.keys() != set(_PEOPLE):
            return
        with clock.frozen(stage.now - timedelta(days=2, hours=6)) as tick:
            platform = _platform(people[_MADE_BY], people[_SWITCHED_ON_BY])
            cases.decide_referral(
                by=people["wei"],
                case_id=case.pk,
                decision="refer",
                reason="货值接近标准，有共同犯罪线索，移送公安机关。",
            )
            tick(timedelta(hours=2))
            referral = referring.prepare(
                by=people["chen"],
                case_id=case.pk,
                police_org="南宁市公安局青秀分局",
                suspected_crime="销售假冒注册商标的商品罪",
                facts=_FACTS,
                goods_yuan=Decimal("57552.00"),
                connection_id=platform.pk,
                annexes=["letter", "report", "goods"],
            )
            tick(timedelta(hours=1))
            referring.send(by=people["chen"], referral_id=referral.pk)
            tick(timedelta(hours=6))
            sending.went(
                Outgoing.objects.get(referral=referral), by=sending.MACHINE, channel="pull", reference="LF-2026-0388"
            )
            referring.arrived(
                referral_id=referral.pk,
                kind="receipt",
                at=clock.now(),
                number="青公（经）受案字〔2026〕0388号",
                words="经侦大队 内勤签收",
                external_id="LF-2026-0388-1",
                connection_id=platform.pk,
                by=sending.Actor(None, platform.name),
            )
        Notice.objects.filter(code__startswith="linkage_", read_at=None).update(read_at=F("created_at"))


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)


def _platform(huang: User, qin: User) -> Connection:
    made = connections.create(by=huang, kind=Connection.Kind.LINKAGE, name=NAME, contact="平台运维 0771-0000001")
    made = connections.switch_on(made, by=qin)
    drafted = mapping.draft(by=huang, connection=made, rows=mapping.usual_rows(), note="标准对照")
    mapping.put_in_force(by=qin, mapping=drafted)
    return made
