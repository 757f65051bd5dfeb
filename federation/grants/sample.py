"""Grants of the sample story: one that 广西 ended, with what cannot be called back; one it holds that runs out soon;
one to the office and one to a brand. Found by name, see `runtime.seed`."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import User
from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment
from federation.grants import guarded, services
from federation.grants.models import Grant, Item
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Organisation
from kernel import clock

WORDS = ("共享授权", "grants")
ENDED = uuid5(NAMESPACE_URL, "sample grant ended")
HELD = uuid5(NAMESPACE_URL, "sample grant held")
READ = uuid5(NAMESPACE_URL, "sample grant to the office")
BRAND = uuid5(NAMESPACE_URL, "sample grant to a brand")


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    _ended(stage)
    with clock.frozen(stage.now - timedelta(days=20)):
        with stage.enter("gd"):
            if not _there(HELD):
                services.give(
                    to=Address.province("gx"),
                    holder_unit="南宁市市场监督管理局",
                    purpose="核对同一批号在两省的流向",
                    contents={"fact": "view", "person": "masked", "fingerprint": "view"},
                    subject_kind="clue",
                    subject_id=HELD,
                    subject_title="白云区样发仓库流向",
                    expires_at=stage.now + timedelta(days=5),
                    by=User.objects.get(username="feng"),
                    items=[
                        services.Shared(
                            content="fact",
                            title="流向摘要",
                            text="样发仓库三月至今向广西发出同批号白酒 46 件，收货地集中在南宁两处批发部。",
                        ),
                        services.Shared(content="person", title="发货人", text="李某某 19900008888"),
                    ],
                )
        with stage.enter("gx"):
            wei = User.objects.get(username="wei")
            if not _there(READ):
                services.give(
                    to=Address.office(),
                    purpose="协调三省管辖分歧时查阅案情摘要",
                    contents={"fact": "view"},
                    subject_kind="clue",
                    subject_id=READ,
                    subject_title="白酒仿冒链条案情摘要",
                    expires_at=stage.now + timedelta(days=60),
                    by=wei,
                    items=[
                        services.Shared(
                            content="fact",
                            title="案情摘要",
                            text="南宁四处门店查获仿冒白酒，货源指向外省两处仓库，数量和金额仍在核对。",
                        )
                    ],
                )
            if not _there(BRAND):
                brand = Organisation.objects.filter(state=Organisation.State.ACTIVE).order_by("name").first()
                if brand is not None:
                    services.give(
                        to=Address.organisation(brand.pk),
                        purpose="请贵公司比对防伪码段",
                        contents={"fact": "copy"},
                        subject_kind="clue",
                        subject_id=BRAND,
                        subject_title="查获批号清单",
                        expires_at=stage.now + timedelta(days=30),
                        by=wei,
                        items=[
                            services.Shared(content="fact", title="批号清单", text="L20260311、L20260312、L20260402")
                        ],
                    )
    deliver_everywhere()


def _there(subject: Any) -> bool:
    return Grant.objects.filter(subject_id=subject, side=Grant.Side.GIVEN).exists()


def _ended(stage: Any) -> None:
    with clock.frozen(stage.now - timedelta(days=12)) as tick:
        with stage.enter("gx"):
            if _there(ENDED):
                return
            wei = User.objects.get(username="wei")
            data = stage.paper("检查笔录（样本）", ["被检查单位：样记烟酒行", "查获仿冒白酒 12 瓶，已登记。"])
            key = make_key("gx", "grant")
            kept = store().put(key, io.BytesIO(data), "image/jpeg")
            grant = services.give(
                to=Address.province("gd"),
                holder_unit="广州市市场监督管理局",
                purpose="广东核查上游供货仓库",
                contents={"fact": "view", "file": "copy"},
                subject_kind="case",
                subject_id=ENDED,
                subject_title="样记烟酒行仿冒白酒案",
                expires_at=stage.now + timedelta(days=48),
                by=wei,
                items=[
                    services.Shared(
                        content="fact", title="供货线索", text="店主称货由广州一处仓库每周二送到，车身无字样。"
                    ),
                    services.Shared(
                        content="file",
                        title="检查笔录",
                        file=Attachment(
                            object_key=key,
                            media_type="image/jpeg",
                            size_bytes=kept.size_bytes,
                            sha256=kept.sha256,
                            sm3=kept.sm3,
                            what="检查笔录",
                        ),
                    ),
                ],
            )
        deliver_everywhere()
        tick(timedelta(days=1))
        with stage.enter("gd"):
            for item in Item.objects.filter(grant__grant_id=grant.grant_id).select_related("grant"):
                guarded.note(item.grant, item.content, who="姚科 广东省市场监督管理局", what=item.title)
                services.opened(item)
            services.tell_uses()
        deliver_everywhere()
        tick(timedelta(days=6))
        with stage.enter("gx"):
            services.end(Grant.objects.get(pk=grant.pk), wei, "上游仓库已由广东立案，后续由联合办案办理")
        deliver_everywhere()
