"""The sandbox's robot appraiser: it answers a few seconds after a request arrives, as the product's name says.

A verdict on real goods is only ever a person's. The robot sits at one organisation, which real bureaux can neither see
nor write to, and says in each answer what it is.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue.sandbox import PRODUCTS, product_id
from appraisal.desk.models import DeskOpinion, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.answering import ItemAnswer, answer
from appraisal.desk.services.ringing import tell_arrival
from appraisal.desk.services.taking import claim, open_task
from federation.contracts.appraisal import VerdictValue
from federation.letters.addressees import SANDBOX_ORGANISATION
from federation.parties.models import Organisation
from federation.parties.sandbox import ROBOT
from kernel import clock
from kernel.soon import soon

AFTER = timedelta(seconds=3)
REASONS = _("沙箱机器人的自动答复，不是真实鉴定，没有任何人看过照片。结论按商品名称给出，供联调。")
_VERDICTS = {product_id(verdict): VerdictValue(verdict) for verdict, _name, _digits in PRODUCTS}


def is_robots(organisation_id: UUID | None) -> bool:
    """Whether tasks of this organisation are the robot's."""
    return str(organisation_id) == SANDBOX_ORGANISATION


def wake(task_id: UUID) -> None:
    """Have a task answered in a moment."""
    from appraisal.desk.tasks import robot_answer

    soon(robot_answer, str(task_id), countdown=int(AFTER.total_seconds()))


def sweep() -> int:
    """Answer what waits for the robot longer than it should, as after a lost message. Returns how many."""
    late = DeskTask.objects.filter(
        organisation_id=SANDBOX_ORGANISATION,
        state__in=DeskTask.MOVES["claim"][0],
        arrived_at__lt=clock.now() - 2 * AFTER,
    )
    tasks = list(late.values_list("pk", flat=True)[:50])
    for task_id in tasks:
        give(task_id)
    return len(tasks)


def give(task_id: UUID) -> DeskOpinion | None:
    """Take the task and answer all its items. None where it is gone, or answered already."""
    task = DeskTask.objects.filter(pk=task_id, organisation_id=SANDBOX_ORGANISATION).first()
    robot = User.objects.filter(username=ROBOT).first()
    if task is None or robot is None or task.state not in DeskTask.MOVES["claim"][0]:
        return None
    desk = Desk(person=robot, organisation=Organisation.objects.get(pk=SANDBOX_ORGANISATION))
    with transaction.atomic():
        tell_arrival(DeskTask.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=task_id))
    open_task(desk=desk, task_id=task_id)
    claim(desk=desk, task_id=task_id)
    answers = [
        ItemAnswer(
            item_id=item.pk,
            value=_VERDICTS.get(item.product_id, VerdictValue.COUNTERFEIT),
            reasons=str(REASONS),
        )
        for item in task.items.all()
    ]
    return answer(desk=desk, task_id=task_id, answers=answers)
