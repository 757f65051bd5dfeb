"""Agreements of the sample story: a group of four in force, a pair that runs out soon, a network that 广西 is asked to
join, and a meeting with actions. Found by name, see `runtime.seed`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F

from accounts.models import User
from federation.agreements import selectors
from federation.agreements.models import Agreement, Meeting
from federation.agreements.services import agreeing, meeting
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from notify.models import Notice

WORDS = ("协作协议和联席会议", "agreements and a joint meeting")
GROUP, PAIR, NETWORK = "泛珠三角区域市场监管协作组", "桂粤打击制售假冒白酒协作协议", "电商打假维权协作网（样）"
MEETING = "泛珠三角协作组第三次联席会议"
LEADERS = {"gx": "wei", "gz": "long", "gd": "feng", "fj": "zheng"}
_TEXT = (
    "一、各方互相移送线索、通报案情、协助调查，按本协议期限办理。\n二、一方出具的辨认意见书和识假库条目，其他各方采信。\n"
    "三、各方明确一名联络员，每半年召开一次联席会议。"
)


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    today = clock.local_date(stage.now)
    _agree(
        stage,
        "gd",
        200,
        "group",
        "pan_pearl_delta",
        "open",
        agreeing.Wanted(
            title=GROUP,
            parties=["gd", "gx", "gz", "fj"],
            quorum=3,
            text=_TEXT,
            acceptance_days=3,
            feedback_days=20,
            assistance_days=10,
            valid_from=today - timedelta(days=200),
            valid_until=today + timedelta(days=895),
            scope=["clue_transfer", "bulletin", "assistance", "case_transfer", "evidence_transfer"],
            recognitions=[
                ("opinion_letter", (), None, "附授权证明"),
                ("known_fake", (), None, ""),
            ],
        ),
    )
    _agree(
        stage,
        "gx",
        347,
        "pair",
        "",
        "office",
        agreeing.Wanted(
            title=PAIR,
            parties=["gx", "gd"],
            text=_TEXT,
            acceptance_days=2,
            feedback_days=15,
            assistance_days=7,
            valid_from=today - timedelta(days=347),
            valid_until=today + timedelta(days=18),
            scope=["clue_transfer", "assistance", "case_transfer"],
            recognitions=[("test_report", ("gd",), None, "须有检验机构资质印章")],
        ),
    )
    _agree(
        stage,
        "fj",
        2,
        "theme",
        "online_trade",
        "office",
        agreeing.Wanted(
            title=NETWORK,
            parties=["fj", "gx", "gd"],
            quorum=2,
            acceptance_days=2,
            feedback_days=10,
            valid_from=today,
            valid_until=today + timedelta(days=365),
            scope=["clue_transfer", "bulletin"],
        ),
        waiting=("gx",),
    )
    _meet(stage)
    for code in LEADERS:
        with stage.enter(code):
            Notice.objects.filter(
                code__in=("agreement", "meeting"), read_at=None, created_at__lt=stage.now - timedelta(days=3)
            ).update(read_at=F("created_at"), repeat_at=None)


def _leader(code: str) -> User:
    return User.objects.get(username=LEADERS[code])


def _agree(
    stage: Any,
    proposer: str,
    days_ago: int,
    form: str,
    topic: str,
    visibility: str,
    wanted: agreeing.Wanted,
    *,
    waiting: tuple[str, ...] = (),
) -> None:
    moment = stage.now - timedelta(days=days_ago)
    with clock.frozen(moment) as tick:
        with stage.enter(proposer):
            if not Agreement.objects.filter(title=wanted.title).exists():
                agreeing.propose(by=_leader(proposer), form=form, topic=topic, visibility=visibility, wanted=wanted)
        deliver_everywhere()
        for code in wanted.parties:
            if code in waiting:
                continue
            tick(timedelta(hours=5))
            with stage.enter(code):
                for revision in selectors.unanswered():
                    if revision.title == wanted.title:
                        agreeing.answer(by=_leader(code), revision=revision, consent=True)
            deliver_everywhere()


def _meet(stage: Any) -> None:
    with clock.frozen(stage.now - timedelta(days=24)) as tick:
        with stage.enter("gd"):
            group = Agreement.objects.get(title=GROUP)
            if Meeting.objects.filter(title=MEETING).exists():
                return
            held = meeting.call(
                by=_leader("gd"),
                agreement=group,
                title=MEETING,
                starts_at=stage.now - timedelta(days=17),
                place="广州，另开视频会场",
                agenda=["上半年协查办理情况", "白酒仿冒跨省链条", "下半年任务"],
            )
        deliver_everywhere()
        today = clock.local_date(stage.now)
        tick(timedelta(days=1))
        for code, people in (("gx", "韦处、蒙科"), ("gz", "龙处"), ("fj", "郑总队")):
            with stage.enter(code):
                meeting.answer_call(
                    by=_leader(code), meeting=Meeting.objects.get(pk=held.pk), coming=True, people=people
                )
        deliver_everywhere()
        tick(timedelta(days=7))
        with stage.enter("gd"):
            meeting.write_minutes(
                by=_leader("gd"),
                meeting=held,
                minutes="会议通报了上半年跨省协查 41 件的办理情况，分析了白酒仿冒的产运销链条。",
                decisions=["协查复函提前到 7 个工作日", "白酒仿冒链条由广西牵头梳理"],
                actions=[
                    meeting.ToDo(
                        text="梳理白酒仿冒链条，列出上下游单位",
                        owner="gx",
                        unit="综合执法局",
                        due_on=today + timedelta(days=2),
                    ),
                    meeting.ToDo(
                        text="更新联络员名单", owner="fj", unit="综合执法总队", due_on=today - timedelta(days=5)
                    ),
                ],
            )
        deliver_everywhere()
        tick(timedelta(days=1))
        for code in ("gx", "gz", "fj"):
            with stage.enter(code):
                meeting.confirm_minutes(
                    by=_leader(code), meeting=Meeting.objects.get(pk=held.pk), number=1, confirmed=True
                )
        tick(timedelta(days=5))
        with stage.enter("fj"):
            action = Meeting.objects.get(pk=held.pk).actions.get(owner="fj")
            meeting.finish_action(by=_leader("fj"), action=action, words="名单已更新并发各成员")
        deliver_everywhere()
