"""The broker's part of the sample: units told, a route answered and one waiting, two disputes, one order from above.

Found by name, see `runtime.seed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import Post, Unit, User
from federation.broker.models import Dispute, ListedSupervision, Route
from federation.broker.services import disputes, open_dispute, routes, supervision
from federation.letters.delivery import deliver_waiting
from kernel import clock
from provinces.hosts import DIRECTORY
from provinces.models import Province
from provinces.provisioning import provision

WORDS = ("省际经办", "brokerage")


def fill(stage: Any) -> None:
    """Tell it once: where 总局 has its people already nothing is done."""
    _open_superior(stage)
    if not _superior_people(stage):
        return
    for code in stage.cast.PROVINCES:
        with _person(stage, code, None):
            routes.tell_units()
    _deliver(stage, "office")
    _routes(stage)
    _negotiating(stage)
    _decided(stage)
    _listed(stage)


@contextmanager
def _person(stage: Any, seat: str, username: str | None) -> Iterator[Any]:
    with stage.enter(seat):
        yield User.objects.get(username=username) if username else None


@contextmanager
def _ago(stage: Any, **span: float) -> Iterator[None]:
    with clock.frozen(stage.now - timedelta(**span)):
        yield


def _deliver(stage: Any, *seats: str) -> None:
    """What waits for these, in their order; twice, for what the first round wrote."""
    for seat in (*seats, *seats[:-1]):
        with stage.enter(seat):
            deliver_waiting()


def _open_superior(stage: Any) -> None:
    row = stage.cast.SUPERIOR
    if DIRECTORY.superior() is None:
        provision(
            row.code,
            name=row.short,
            title=row.title,
            agency_word=row.document_prefix,
            division_code=row.division_code,
            kind=Province.Kind.SUPERIOR,
        )


def _superior_people(stage: Any) -> bool:
    row = stage.cast.SUPERIOR
    with stage.enter(row.code):
        if Unit.objects.exists():
            return False
        top = Unit.objects.create(
            code=row.code, name=row.title, kind=Unit.Kind.PROVINCIAL_BUREAU, division_code=row.division_code,
            agency_word=row.document_prefix,
        )  # fmt: skip
        for each in stage.cast.SUPERIOR_STAFF.values():
            person = User.objects.create_user(
                each.code, name=each.name, title=each.called, phone=f"+86{each.phone}", phone_verified=True, unit=top
            )
            for role in each.roles:
                if role in Post.Role.values:
                    Post.objects.create(user=person, unit=top, role=role)
    return True


def _routes(stage: Any) -> None:
    with _ago(stage, days=3):
        with _person(stage, "gx", "meng") as meng:
            asked = routes.ask(
                letter_kind="clue_transfer", by=meng, division_code="520300", brand_name="岚壑", product_group="白酒"
            )
        _deliver(stage, "office")
    with _ago(stage, days=2, hours=20):
        with _person(stage, "office", "zhao") as zhao:
            routes.answer(
                Route.objects.get(pk=asked.pk), by=zhao, unit_ref="520382",
                reason="该品牌的灌装窝点多次查明在仁怀市，直接送县级更快。",
            )  # fmt: skip
        _deliver(stage, "gx")
    with _ago(stage, hours=5):
        with _person(stage, "gd", "yao") as yao:
            routes.ask(letter_kind="assistance", by=yao, division_code="350500", brand_name="途速", product_group="鞋")
        _deliver(stage, "office")


def _negotiating(stage: Any) -> None:
    with _ago(stage, days=3):
        with _person(stage, "gx", "wei") as wei:
            open_dispute(
                letter_id=None, kind="case", other="gd", by=wei, matter_id=uuid5(NAMESPACE_URL, "sample dispute 1"),
                title="“驰风”汽配城假冒刹车片案",
                claim=Dispute.Claim.NOT_MINE,
                reason="货从广州市白云区发出，仓库和账册都在当地，由广东查处便于一并查清上线。",
                own_filed_at=stage.now - timedelta(days=12), own_filed_no="桂市监立〔2026〕118号",
            )  # fmt: skip
        _deliver(stage, "gx", "gd", "office")
    with _ago(stage, days=1, hours=4):
        with _person(stage, "gd", "yao") as yao:
            disputes.say(
                Dispute.objects.get(), "proposal", "销售地的门店由你方查处，仓库由我方另案办理，互相抄送笔录。",
                by=yao, names="gx", filed_at=stage.now - timedelta(days=9), filed_no="粤市监立〔2026〕203号",
            )  # fmt: skip
        _deliver(stage, "gx", "gd", "office")


def _decided(stage: Any) -> None:
    with _ago(stage, days=20):
        with _person(stage, "gz", "long") as long:
            row = open_dispute(
                letter_id=None, kind="case", other="fj", by=long, matter_id=uuid5(NAMESPACE_URL, "sample dispute 2"),
                title="网售假冒岚壑白酒案", claim=Dispute.Claim.MINE,
                reason="灌装窝点在仁怀市，本方先立案并已固定灌装设备。",
                own_filed_at=stage.now - timedelta(days=26), own_filed_no="黔市监立〔2026〕77号",
            )  # fmt: skip
        _deliver(stage, "gz", "fj", "samr", "office")
    with _ago(stage, days=12):
        with _person(stage, "fj", "zheng") as zheng:
            disputes.say(
                Dispute.objects.get(pk=row.pk), "statement", "网店登记在泉州市，买家投诉集中在福建。", by=zheng,
                filed_at=stage.now - timedelta(days=22), filed_no="闽市监立〔2026〕64号",
            )  # fmt: skip
        _deliver(stage, "gz", "fj", "samr", "office")
        with _person(stage, "gz", "long") as long:
            disputes.raise_up(Dispute.objects.get(pk=row.pk), by=long)
        _deliver(stage, "gz", "fj", "samr", "office")
    with _ago(stage, days=8):
        with _person(stage, "samr", "guo") as guo:
            disputes.decide(
                Dispute.objects.get(pk=row.pk), by=guo, designated="gz",
                reason="生产窝点在贵州，先立案的也是贵州；由贵州查处有利于查清生产、销售全链条。",
                conditions="福建方十日内移送网店销售数据和投诉材料。",
            )  # fmt: skip
        _deliver(stage, "gz", "fj", "samr", "office")


def _listed(stage: Any) -> None:
    with _ago(stage, days=7):
        with _person(stage, "samr", "guo") as guo:
            row = supervision.list_matter(
                by=guo, province="gz", subject_kind="case", subject_no="黔市监立〔2026〕77号",
                title="网售假冒岚壑白酒案", demand="查清瓶盖、商标标识来源，涉嫌犯罪的及时移送公安机关，办结后报结果。",
                due_on=clock.local_date(stage.now) + timedelta(days=40),
            )  # fmt: skip
        _deliver(stage, "gz", "samr")
    with _ago(stage, days=2):
        with _person(stage, "gz", "long") as long:
            supervision.report(
                ListedSupervision.objects.get(pk=row.pk), by=long,
                text="已查封灌装点两处，扣押假酒 1,260 瓶；瓶盖供货人身份已查明，正在商公安机关。",
            )  # fmt: skip
        _deliver(stage, "gz", "samr")
