"""The case of 南宁 asks 白云 for assistance: five questions, three answered; then the case itself goes there,
with a seizure that ends within days. Told by `sample`, after the letters. 陈队长 drafts, 蒙科 checks, 韦处 issues; in
广东 姚科 keeps the desk, 梁队长 and 区所 answer, 冯处 issues.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import F

from accounts.models import User
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from notify.models import Notice
from tenants.cases.models import Case
from tenants.cases.sample import PROPOSAL_ID
from tenants.correspondence.models import Assistance, OfficialLetter
from tenants.correspondence.services import assisting, drafting, issuing, receiving
from tenants.correspondence.services.drafting import To

BAIYUN = "440111"
REQUEST_ID = uuid5(NAMESPACE_URL, "sample assistance")
TRANSFER_ID = uuid5(NAMESPACE_URL, "sample case transfer")
QUESTIONS = (
    "样发仓储的经营者和实际控制人",
    "2026 年以来发往南宁的白酒数量和收货人",
    "仓库内未贴标白酒和商标标识的来源",
    "收款账户的开户人和流水",
    "有无岚壑春商标的使用授权",
)
ANSWERS = (
    (1, "found", "经查，该仓库由样发仓储（个体工商户）租用，经营者样某发，实际由其弟样某达管理，租期至 2027 年 3 月。"),
    (2, "partly", "快递底单显示 3 月以来发往南宁 41 票，收货人 6 人（名单附后）；其余底单快递网点正在调取。"),
    (5, "not_found", "样发仓储不能提供岚壑春商标的授权文件，权利人答复未授权过该仓库。"),
)


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        case = Case.objects.filter(proposal_id=PROPOSAL_ID).first()
        people = {each.username: each for each in User.objects.filter(username__in=("chen", "meng", "wei"))}
        if case is None or len(people) < 3 or OfficialLetter.objects.filter(pk=REQUEST_ID).exists():
            return
        fields = {
            "case_name": case.title,
            "party_name": "样某某",
            "targets": [{"name": "样发仓储", "uscc": "", "address": "广州市白云区样石路 18 号"}],
            "questions": list(QUESTIONS),
        }
        _issue(people, case, "assistance_request", REQUEST_ID, stage.now - timedelta(days=14), fields)
    _deliver(stage.now - timedelta(days=14) + timedelta(hours=8))
    _in_guangdong(stage)
    _deliver(stage.now - timedelta(days=4))
    with stage.enter("gx"):
        facts = {
            "facts": "当事人在南湖集贸市场销售没有进货凭证的岚壑春白酒 48 瓶和散装白酒 12.5 千克，"
            "涉嫌侵犯注册商标专用权。协查查明货物由广州市白云区样发仓储发出。",
            "reason": "发货仓库和主要违法行为发生地在广州市白云区，依据《市场监督管理行政处罚程序规定》第十四条移送。",
            "dossier": ["立案审批表", "现场笔录", "辨认意见", "实施行政强制措施决定书", "财物清单", "协助调查复函"],
        }
        _issue(people, case, "case_transfer", TRANSFER_ID, stage.now - timedelta(days=1), facts)
    _deliver(stage.now - timedelta(hours=16))
    for name in ("gx", "gd"):
        with stage.enter(name):
            Notice.objects.filter(
                code="assistance_official", read_at=None, created_at__lt=stage.now - timedelta(days=3)
            ).update(read_at=F("created_at"), repeat_at=None)


def _issue(people: dict[str, User], case: Case, kind: str, pk: Any, at: Any, fields: dict[str, Any]) -> None:
    with clock.frozen(at) as tick:
        made = drafting.draft(
            by=people["chen"], kind_code=kind, case_id=case.pk, to=To(unit_ref=BAIYUN), fields=fields, letter_id=pk
        )
        drafting.submit(by=people["chen"], letter_id=made.pk, looked=True)
        tick(timedelta(hours=2))
        issuing.check(by=people["meng"], letter_id=made.pk, looked=True)
        tick(timedelta(hours=3))
        issuing.issue(by=people["wei"], letter_id=made.pk, looked=True)


def _in_guangdong(stage: Any) -> None:
    with stage.enter("gd"):
        came = OfficialLetter.objects.filter(origin_id=REQUEST_ID).first()
        people = {each.username: each for each in User.objects.filter(username__in=("yao", "liang", "ou", "feng"))}
        if came is None or len(people) < 4:
            return
        for name in ("liang", "ou"):
            if people[name].officer_cert_until is None:
                people[name].officer_cert_until = clock.today() + timedelta(days=400)
                people[name].save(update_fields=["officer_cert_until"])
        with clock.frozen(stage.now - timedelta(days=13)) as tick:
            receiving.sign_for(by=people["yao"], letter_id=came.pk)
            tick(timedelta(hours=2))
            chosen = [str(people["liang"].pk), str(people["ou"].pk)]
            receiving.accept(by=people["yao"], letter_id=came.pk, answers={"officer_ids": chosen})
        row = Assistance.objects.get(pk=REQUEST_ID)
        with clock.frozen(stage.now - timedelta(days=5)) as tick:
            for number, finding, text in ANSWERS:
                assisting.write_answer(
                    by=people["liang"], assistance_id=row.pk, number=number, finding=finding, text=text
                )
            reply = assisting.draft_reply(by=people["liang"], assistance_id=row.pk)
            drafting.submit(by=people["liang"], letter_id=reply.pk, looked=True)
            tick(timedelta(hours=1))
            issuing.check(by=people["yao"], letter_id=reply.pk, looked=True)
            tick(timedelta(hours=1))
            issuing.issue(by=people["feng"], letter_id=reply.pk, looked=True)


def _deliver(at: Any) -> None:
    with clock.frozen(at):
        deliver_everywhere()
