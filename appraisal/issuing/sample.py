"""A formal opinion letter of the sample story, signed, mailed and checkable, and one that waits for its seal.

Found by name, see `runtime.seed`; told after the requests. It is played through the services, with the clock held at
the moments of the story, and its letters travel. The signatures are those of the development authority.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import F

from accounts.models import User
from appraisal.desk.models import DeskTask
from appraisal.issuing import services
from appraisal.issuing.models import OpinionLetter
from federation.letters.delivery import deliver_everywhere
from federation.parties.selectors import ActingFor, acting_organisations
from kernel import clock
from notify.models import Notice

WORDS = ("辨认意见书", "opinion letters")
AFTER = "tenants.inspections"
BRAND, ADMINISTRATOR = "lanhe", "tang-l"
LETTER_ID, DRAFT_ID = (uuid5(NAMESPACE_URL, f"sample opinion letter {name}") for name in ("formal", "waiting"))


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    organisation_id = stage.made["organisations"].get(BRAND)
    with stage.enter("brands"):
        if organisation_id is None or OpinionLetter.objects.filter(pk=LETTER_ID).exists():
            return
        tasks = _tasks(organisation_id, before=stage.now - timedelta(hours=1))
        administrator = User.objects.filter(username=ADMINISTRATOR).first()
        if not tasks or administrator is None:
            return
        boss = _seat(administrator)
        with clock.frozen(stage.now - timedelta(days=20)):
            services.set_rules(
                acting=boss,
                number_word="岚壑春",
                needs_legal=False,
                needs_seal=True,
                address="某市某区酿造路 1 号（虚构）",
            )
        _formal(tasks[0], boss)
        if len(tasks) > 1:
            _waiting(tasks[1])
    with clock.frozen(stage.now - timedelta(minutes=30)):
        deliver_everywhere()
    with stage.enter("brands"):
        Notice.objects.filter(code="reuse_waiting", read_at=None).update(read_at=F("created_at"))


def _tasks(organisation_id: UUID, *, before: datetime) -> list[DeskTask]:
    """Answered with 假冒 for 陈队长's bureau, with photos, the latest first."""
    rows = DeskTask.objects.filter(
        organisation_id=organisation_id,
        province_code="gx",
        state=DeskTask.State.ANSWERED,
        answered_at__lt=before,
        items__verdicts__value="counterfeit",
        items__photos__isnull=False,
    )
    return list(rows.distinct().order_by("-answered_at")[:2])


def _seat(person: User) -> ActingFor:
    return acting_organisations(person)[0]


def _author(task: DeskTask) -> ActingFor:
    opinion = task.opinions.order_by("given_at").last()
    if opinion is None:
        raise ValueError("an answered task has an opinion")
    return _seat(opinion.given_by)


def _formal(task: DeskTask, boss: ActingFor) -> None:
    author = _author(task)
    began = task.answered_at or clock.now()
    with clock.frozen(began + timedelta(minutes=6)) as tick:
        services.issue_demonstration(acting=author)
        letter = services.make(acting=author, task_id=task.pk, letter_id=LETTER_ID)
        services.write(acting=author, letter_id=letter.pk, employee_no="LH-0107")
        services.submit(acting=author, letter_id=letter.pk)
        tick(timedelta(minutes=9))
        services.approve(acting=boss, letter_id=letter.pk, kind="seal")
        tick(timedelta(minutes=3))
        services.issue(acting=author, letter_id=letter.pk)
        tick(timedelta(minutes=20))
        services.mail(
            acting=author,
            letter_id=letter.pk,
            courier="邮政特快（演示）",
            waybill_no="EMS0000000107",
            sent_on=clock.now(),
        )


def _waiting(task: DeskTask) -> None:
    author = _author(task)
    with clock.frozen((task.answered_at or clock.now()) + timedelta(minutes=8)):
        letter = services.make(acting=author, task_id=task.pk, letter_id=DRAFT_ID)
        services.submit(acting=author, letter_id=letter.pk)
