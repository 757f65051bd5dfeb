"""An e-commerce platform of the sample story with three asks: answered as fake, as nothing suspicious, and open.

Found by name, see `runtime.seed`; told after the opinion letters. It is played through the services, with the clock
held at the moments of the story, and its letters travel.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import User
from appraisal.platforms import services
from appraisal.platforms.models import FastAsk, FastTask
from appraisal.platforms.services import Listing
from evidence import services as evidence
from evidence.models import Exhibit
from federation.letters.delivery import deliver_everywhere
from federation.parties.selectors import ActingFor, acting_organisations
from kernel import clock

WORDS = ("平台快速鉴定", "fast appraisals for platforms")
AFTER = "appraisal.issuing"
PLATFORM, ASKER, BRAND, ADMINISTRATOR, OFFICE = "mall", "luo-m", "lanhe", "tang-l", "zhao"
PRODUCT = "lanhe-53"


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    platform_id = stage.made["organisations"].get(PLATFORM)
    with stage.enter("brands"):
        if platform_id is None or FastAsk.objects.filter(platform_id=platform_id).exists():
            return
    with stage.enter("office"), clock.frozen(stage.now - timedelta(days=17)):
        services.set_limit(
            by=User.objects.get(username=OFFICE), platform_id=platform_id, per_hour=60, per_day=300, open_at_once=100,
            note="首批接入的平台",
        )  # fmt: skip
    with stage.enter("brands"), clock.frozen(stage.now - timedelta(days=16)):
        services.set_terms(acting=_seat(ADMINISTRATOR), accepts=True, promise_minutes=240, per_day=40)
    shots = stage.story.quick_set(PRODUCT)
    fake = stage.pictures.photo(_drawing(stage, shots[0]), stage.now - timedelta(days=3))
    other = stage.pictures.photo(_drawing(stage, shots[1]), stage.now - timedelta(days=3))
    genuine = stage.pictures.reference(PRODUCT, stage.pictured_shots(PRODUCT)[0])
    product = stage.made["products"][PRODUCT]
    _told(
        stage, stage.now - timedelta(days=2), [fake, other], "counterfeit", "lin",
        "正标烫金发暗，字体与真品不同；售价不到指导价的一半。请下架，并保留店铺资料。",
        listing_id="700100200301", shop_name="醇香名酒折扣店", product_id=product, price_yuan=Decimal(298),
        question="买家反映瓶口漏酒，请看包装。", reference="MALL-2026-0001",
    )  # fmt: skip
    _told(
        stage, stage.now - timedelta(days=1), [genuine], "nothing_suspicious", "wang",
        "图片上的正标与真品一致；只有一张图，看不到批号。",
        listing_id="700100200417", shop_name="岚壑酒类专营", product_id=product, price_yuan=Decimal(1180),
        reference="MALL-2026-0002",
    )  # fmt: skip
    _told(
        stage, stage.now - timedelta(minutes=25), [other], "", "",
        "", listing_id="700100200533", shop_name="老街烟酒行", brand_name="岚壑春", product_name="53 度礼盒",
        price_yuan=Decimal(360), question="没有写批号，请看是不是贵公司的产品。", reference="MALL-2026-0003",
    )  # fmt: skip


def _drawing(stage: Any, shot: str) -> tuple[Any, ...]:
    return (PRODUCT, shot, False, stage.story.shot_seed(PRODUCT, shot), "")


def _seat(username: str) -> ActingFor:
    return acting_organisations(User.objects.get(username=username))[0]


def _told(
    stage: Any, at: datetime, pictures: list[bytes], value: str, appraiser: str, reasons: str, **said: Any
) -> None:
    """One ask, and its answer half an hour later where there is one."""
    with stage.enter("brands"), clock.frozen(at):
        acting = _seat(ASKER)
        made = services.ask(
            acting=acting, listing=Listing(pictures=tuple(_picture(acting, data) for data in pictures), **said)
        )
    with clock.frozen(at + timedelta(seconds=20)):
        deliver_everywhere()
    if not value:
        return
    with stage.enter("brands"), clock.frozen(at + timedelta(minutes=31)):
        task = FastTask.objects.get(ask_id=made.pk)
        seat = _seat(appraiser)
        services.claim(acting=seat, task_id=task.pk)
        services.answer(acting=seat, task_id=task.pk, value=value, reasons=reasons)
    with clock.frozen(at + timedelta(minutes=32)):
        deliver_everywhere()


def _picture(acting: ActingFor, data: bytes) -> UUID:
    exhibit = evidence.receive(
        io.BytesIO(data),
        declared_sha256=hashlib.sha256(data).hexdigest(),
        captured_at=None,
        source=Exhibit.Source.ALBUM,
        by=acting.person,
        owner_prefix=evidence.own_prefix(acting.organisation.pk),
    )
    made: UUID = evidence.make_views(exhibit.pk).pk
    return made
