"""Reverse clues of the sample story: what 唐经理 reported to 广西 and 广东, and how far each has come.

Played through the services of both sides, with the clock held at the moments of the story, and its letters travel.
Called by the sample of clues, once there are units and people; what was told before is left alone.
"""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.reverse_clues import services
from appraisal.reverse_clues.models import ReverseClue
from evidence.services import make_views
from federation.letters.delivery import deliver_everywhere
from federation.parties.selectors import acting_organisations
from kernel import clock
from tenants.clues.models import BrandReport, Clue
from tenants.clues.services import dispatching, questioning, working

REPORTER = "tang-l"
ENDED, LIVE, MARKET, DRAFT = (
    uuid5(NAMESPACE_URL, f"sample reverse clue {name}") for name in ("ended", "live", "market", "draft")
)


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`."""
    with stage.enter("brands"):
        person = User.objects.filter(username=REPORTER).first()
        if person is None or ReverseClue.objects.filter(pk=ENDED).exists():
            return
    _Play(stage, person).run()


class _Play:
    def __init__(self, stage: Any, person: User) -> None:
        self.stage, self.person = stage, person

    def run(self) -> None:
        self.ended()
        self.live()
        self.market()
        self.draft()

    def ended(self) -> None:
        """Reported to 青秀区, checked by two officers, true, and filed."""
        with self.at(days=16):
            self.write(
                ENDED,
                title="百顺烟酒商行销售假冒岚壑春陈酿",
                content="我司人员走访时购得一瓶，瓶盖齿数、批号字体与正品不符，已在平台申请辨认。店内货架和里间约有二十箱。",
                subject_kind="shop",
                subject_name="百顺烟酒商行（虚构）",
                address_raw="广西南宁市青秀区建政路 18 号（虚构）",
                place_role="shop",
                chain_stage="retail",
                estimated_value=14_000,
            )
            self.photo(ENDED, "门头照", ("百顺烟酒商行（虚构）", "建政路 18 号"))
            self.photo(ENDED, "购得样品", ("岚壑春 陈酿", "批号 L20260101"))
            self.send(ENDED, ("gx", "county", "450103"))
        with self.at(days=15):
            self.step("gx", ENDED, "wei", lambda by, clue: dispatching.dispatch(
                by=by, clue_id=clue.pk, unit_id=self.person_of("gx", "chen").unit_id
            ))  # fmt: skip
        with self.at(days=14):
            self.step("gx", ENDED, "chen", lambda by, clue: working.sign_for(by=by, clue_id=clue.pk))
            self.step("gx", ENDED, "chen", lambda by, clue: working.set_verifiers(
                by=by, clue_id=clue.pk, officer_ids=[by.pk, self.person_of("gx", "ning").pk]
            ))  # fmt: skip
        with self.at(days=6):
            self.step("gx", ENDED, "chen", lambda by, clue: working.end(
                by=by, clue_id=clue.pk, result="true", outcome="filed", outside_number="南青市监案〔2026〕86 号",
                words="现场查获标称岚壑春陈酿 17 箱，权利人辨认为假冒，已提请立案。",
            ))  # fmt: skip

    def live(self) -> None:
        """A live room, to the bureau of the sender's place and to that of the buyer's: one is checking."""
        with self.at(days=5):
            self.write(
                LIVE,
                title="直播间低价销售岚壑春，发货地广州白云",
                content="直播间每晚八点开播，价格为指导价三成，我司购得两瓶，均为假冒。面单发货地在广州市白云区。",
                subject_kind="online_account",
                subject_account="某直播平台（虚构），店铺“老窖直供”，直播间 66012",
                address_raw="广东省广州市白云区石井街道某物流园 3 号仓（虚构）",
                place_role="sender",
                channel="both",
                chain_stage="online",
            )
            with self.stage.enter("brands"):
                data = b"\x00\x00\x00\x18ftypmp42" + b"sample live stream " * 40
                services.add_recording(
                    acting=self.acting(), clue_id=LIVE, file=io.BytesIO(data), file_name="直播录像.mp4",
                    form="live_stream", what="开播至下单全程", platform="某直播平台（虚构）", account="直播间 66012",
                    recorded_from=clock.now() - timedelta(hours=2), recorded_until=clock.now() - timedelta(hours=1),
                )  # fmt: skip
                services.add_purchase(
                    acting=self.acting(), clue_id=LIVE, platform="某直播平台（虚构）", seller="老窖直供",
                    order_no="DD20260108", bought_on=_day(self.stage.now, 9), product_name="岚壑春 陈酿 500ml",
                    quantity=2, unit="瓶", price_yuan=196, courier="顺丰（演示）", waybill_no="SF0000000008",
                    sent_from="广东省广州市白云区石井街道某物流园 3 号仓（虚构）", finding="瓶盖齿数不符，假冒",
                )  # fmt: skip
            self.send(LIVE, ("gd", "county", "440111"), ("gx", "provincial", ""))
        with self.at(days=4):
            self.step("gd", LIVE, "feng", lambda by, clue: dispatching.dispatch(
                by=by, clue_id=clue.pk, unit_id=self.person_of("gd", "liang").unit_id
            ))  # fmt: skip
        with self.at(days=3):
            self.step("gd", LIVE, "liang", lambda by, clue: working.sign_for(by=by, clue_id=clue.pk))

    def market(self) -> None:
        """To the bureau of a city that has a question."""
        with self.at(days=2):
            self.write(
                MARKET,
                title="石井一档口批发假冒岚壑春",
                content="下游零售店指认货源在该档口，每周二、周五到货。",
                subject_kind="shop",
                subject_name="顺发档口（虚构）",
                address_raw="广州市白云区石井街道某批发市场 A12（虚构）",
                place_role="shop",
                chain_stage="wholesale",
            )
            self.photo(MARKET, "档口门头", ("顺发档口（虚构）", "A12"))
            self.send(MARKET, ("gd", "municipal", "440100"))
        with self.at(days=1):
            self.step("gd", MARKET, "feng", lambda by, clue: questioning.ask_source(
                by=by, report_id=BrandReport.objects.get(clue=clue).pk, text="到货的车牌或司机电话是否知道？"
            ))  # fmt: skip

    def draft(self) -> None:
        """Begun this morning, and not whole yet."""
        with self.at(days=0):
            self.write(DRAFT, title="兴宁区一超市疑似售假", content="", address_raw="南宁市兴宁区朝阳路（虚构）")

    # The hands of the story ------------------------------------------------------------------------------------------

    @contextmanager
    def at(self, *, days: int) -> Any:
        """Some days before now, in the morning; what was written then is delivered then."""
        with clock.frozen(self.stage.now - timedelta(days=days, hours=1)):
            yield
            deliver_everywhere()

    def acting(self) -> Any:
        return acting_organisations(User.objects.get(pk=self.person.pk))[0]

    def write(self, clue_id: UUID, **fields: Any) -> None:
        with self.stage.enter("brands"):
            acting = self.acting()
            product = catalogue.products_of(acting.organisation).first()
            products = [(product.pk, "L20260101")] if product is not None and clue_id != DRAFT else []
            services.start(
                acting=acting, clue_id=clue_id, violations=["counterfeit_trademark"], products=products, **fields
            )

    def photo(self, clue_id: UUID, what: str, lines: tuple[str, ...]) -> None:
        data = self.stage.paper(what, lines)
        with self.stage.enter("brands"):
            row = services.add_photo(
                acting=self.acting(), clue_id=clue_id, file=io.BytesIO(data), what=what,
                sha256=hashlib.sha256(data).hexdigest(),
            )  # fmt: skip
            make_views(row.exhibit_id)

    def send(self, clue_id: UUID, *bureaux: tuple[str, str, str]) -> None:
        with self.stage.enter("brands"):
            for province, level, code in bureaux:
                services.add_addressee(
                    acting=self.acting(), clue_id=clue_id, province_code=province, level=level, division_code=code
                )
            services.send(acting=self.acting(), clue_id=clue_id)
        deliver_everywhere()

    def person_of(self, province: str, username: str) -> User:
        return User.objects.get(username=username)

    def step(self, province: str, clue_id: UUID, username: str, work: Any) -> None:
        with self.stage.enter(province):
            clue = Clue.objects.get(report__brand_clue_id=clue_id)
            work(self.person_of(province, username), clue)


def _day(now: Any, ago: int) -> date:
    return clock.local_date(now) - timedelta(days=ago)
