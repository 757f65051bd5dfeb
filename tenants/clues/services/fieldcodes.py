"""报送码: what teams in the street report by a code instead of an account (网格员、快递员、骑手).

No name is asked and none is kept; nothing that could tell who it was is written beside the report. The code opens the
form and nothing else. It ends with the next request after somebody ended it: it is looked at every time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.trail import Actor
from evidence.models import Exhibit
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from tenants.clues.models import Clue, ClueSource, FieldCode, FieldReport
from tenants.clues.services.arriving import arrived
from tenants.clues.services.manual import desk_of, hints_for, keeps_a_desk
from tenants.clues.services.registering import NewClue, Source

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is taken for something else when read aloud."""
FROM_FIELD = "clues.FieldReport"
MOST_PHOTOS = 6
MOST_PER_DAY = 500
LONGEST_DAYS = 366
STATES: dict[str, str | Promise] = {
    "received": _("已收到，正在甄别"),
    "checking": _("已交办，正在核查"),
    "ended": _("已办结"),
}
"""All that a receipt tells."""


class CodeEnded(Problem):
    """The code was ended, or its time is over."""

    code = "field_code_ended"
    status = 410
    title = _("报送码已停用")
    sentence = _("这个报送码已经停用或过期。请向发码的市场监管部门要新的码；急事请打 12315。")


class FullToday(Problem):
    """As many reports came today as the code allows."""

    code = "field_code_full"
    status = 429
    title = _("今天已满")
    sentence = _("这个报送码今天的 {most} 次已经用完。请明天再报；急事请打 12315。")


class TooOften(Problem):
    """Too many from one address in an hour."""

    code = "field_too_often"
    status = 429
    title = _("操作太频繁")
    sentence = _("这台手机所在的网络一小时内提交得太多。请过一会儿再试；急事请打 12315。")


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What was typed in the street. report_id: of the form, so that a second tap is the same report."""

    what: str
    where: str = ""
    position: tuple[Decimal, Decimal] | None = None
    accuracy_m: int | None = None
    report_id: UUID


def open_code(code: str) -> FieldCode:
    """The code, if it may be used now. Raises NotFound404, CodeEnded."""
    found = FieldCode.objects.select_related("desk_unit").filter(code=code.strip().upper()).first()
    if found is None:
        raise NotFound404()
    if not found.is_open:
        raise CodeEnded()
    return found


@transaction.atomic
def make_code(*, by: User, team: str, area: str, valid_until: date, per_day: int) -> FieldCode:
    """A new code of the person's own desk. Raises BadInput, NotAllowed."""
    if not keeps_a_desk(by):
        raise NotAllowed()
    team, area = " ".join(team.split()), " ".join(area.split())
    if not team:
        raise BadInput(_("请填写队伍名称，例如“城东社区网格员”。"), code="field_code_team")
    days = (valid_until - clock.today()).days
    if not 0 <= days <= LONGEST_DAYS:
        raise BadInput(
            _("有效期至少到今天，最长 {most} 天。到期可以再发新码。"), code="field_code_until", most=LONGEST_DAYS
        )
    if not 1 <= per_day <= MOST_PER_DAY:
        raise BadInput(_("每天次数在 1 到 {most} 之间。"), code="field_code_per_day", most=MOST_PER_DAY)
    row = FieldCode.objects.create(
        code=_random(8),
        desk_unit=desk_of(by),
        team=team[:80],
        area=area[:120],
        valid_until=valid_until,
        per_day=per_day,
        made_by=by,
    )
    trail.record(row, "make", by=by, data={"valid_until": str(valid_until), "per_day": per_day})
    return row


@transaction.atomic
def end_code(*, by: User, row: FieldCode) -> FieldCode:
    """End a code, now. Twice is once; what was reported by it stays."""
    if not keeps_a_desk(by):
        raise NotAllowed()
    if FieldCode.objects.filter(pk=row.pk, ended_at=None).update(ended_at=clock.now(), ended_by=by):
        trail.record(row, "end", by=by)
    row.refresh_from_db()
    return row


def report(*, code: str, said: Reported, seal: Callable[[Actor], Sequence[Exhibit]] = lambda _by: ()) -> FieldReport:
    """Register what came by a code, and give its receipt. The same report_id once more gives the same receipt.

    seal: seals the photos, once all else is known to be right; it runs outside the transaction. Raises CodeEnded,
    FullToday, BadInput.
    """
    row = open_code(code)
    if (known := _known(row, said.report_id)) is not None:
        return known
    if not said.what.strip():
        raise BadInput(_("请写明看到了什么：什么店、卖什么、哪里可疑。"), code="field_report_what")
    if not said.where.strip() and said.position is None:
        raise BadInput(_("请写明在哪里，或点“记下定位”。"), code="field_report_where")
    _room(row)
    by = Actor(None, f"报送码·{row.team}"[:80])
    photos = list(seal(by))
    with transaction.atomic():
        held = FieldCode.objects.select_for_update(of=("self",)).select_related("desk_unit").get(pk=row.pk)
        if not held.is_open:
            raise CodeEnded()
        if (known := _known(held, said.report_id)) is not None:
            return known
        _room(held)
        gps = (float(said.position[0]), float(said.position[1])) if said.position else None
        clue = arrived(
            NewClue(
                desk=held.desk_unit,
                source=Source(
                    kind=Clue.SourceKind.GRID, name=held.team, record_kind=FROM_FIELD, record_id=str(said.report_id)
                ),
                content=said.what.strip()[:4000],
                address_raw=said.where.strip()[:1000],
                hints=hints_for(held.desk_unit, None, gps),
                exhibits=[(each.pk, "") for each in {each.pk: each for each in photos}.values()],
            ),
            by=by,
        )
        made = FieldReport.objects.create(
            field_code=held,
            receipt=_random(10),
            clue=clue,
            latitude=said.position[0] if said.position else None,
            longitude=said.position[1] if said.position else None,
            accuracy_m=said.accuracy_m,
        )
    return made


def receipt(code: str, number: str) -> FieldReport:
    """What a receipt stands for, also after the code has ended. Raises NotFound404."""
    found = (
        FieldReport.objects.select_related("clue__lead", "field_code__desk_unit")
        .filter(field_code__code=code.strip().upper(), receipt=number.strip().upper())
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def state_told(row: FieldReport) -> str:
    """received, checking or ended: of the clue, or of the one it was merged into."""
    clue = row.clue.lead if row.clue.state == Clue.State.MERGED and row.clue.lead is not None else row.clue
    if clue.state == Clue.State.ENDED:
        return "ended"
    return "checking" if clue.state in (Clue.State.DISPATCHED, Clue.State.VERIFYING) else "received"


def _known(row: FieldCode, report_id: UUID) -> FieldReport | None:
    source = ClueSource.objects.filter(record_kind=FROM_FIELD, record_id=str(report_id)).first()
    if source is None:
        return None
    found = FieldReport.objects.filter(clue_id=source.clue_id, field_code=row).first()
    if found is None:
        raise Conflict(_("这份报送已经用另一个码交过。请刷新页面后重填。"), code="field_report_elsewhere")
    return found


def _room(row: FieldCode) -> None:
    begin = datetime.combine(clock.today(), time(), tzinfo=clock.SHANGHAI)
    if FieldReport.objects.filter(field_code=row, at__gte=begin).count() >= row.per_day:
        raise FullToday(most=row.per_day)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _each in range(length))
