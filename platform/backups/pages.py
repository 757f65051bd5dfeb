"""What was backed up, rehearsed and restored, for administrators: figures and states, read only, no contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import THREE_ADMINISTRATORS, Role, roles_of
from backups import selectors
from backups.models import ALL, Backup, Rehearsal, Restoration
from kernel.errors import NotAllowed
from provinces.context import required
from provinces.hosts import DIRECTORY

TONES: dict[str, tuple[str, str]] = {
    Backup.State.RUNNING: ("wait", "clock"),
    Backup.State.DONE: ("good", "tick"),
    Backup.State.FAILED: ("seal", "warning"),
    Rehearsal.State.PASSED: ("good", "tick"),
}


def register() -> None:
    """Offer the page to those it is for."""
    from webui.nav import NavItem, register

    label = gettext_lazy("备份与恢复")
    for area in ("bureau", "office"):
        register(NavItem(area=area, url_name="backups:page", label=label, icon="inbox", order=98, allowed=sees))


def sees(request: HttpRequest) -> bool:
    """Whether the page is this person's: one of a province's three administrators, or the office's."""
    wanted = {Role.OFFICE_ADMIN} if required().kind == "office" else THREE_ADMINISTRATORS
    return isinstance(request.user, User) and bool(roles_of(request.user) & wanted)


@login_required
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The last backups, rehearsals and restorations of this seat; at the office of all."""
    if not sees(request):
        raise NotAllowed(_("备份与恢复由管理员查看。需要恢复数据时，请告诉本单位管理员。"), code="not_administrator")
    kept = selectors.kept_provinces()
    return render(
        request,
        "backups/page.html",
        {
            "kept": kept,
            "late": [each for each in kept if each.late],
            "backups": [_shown(each) for each in selectors.shown_backups()],
            "rehearsals": [_shown(each) for each in selectors.shown_rehearsals()],
            "restorations": [_shown(each) | {"lines": list(_lines(each))} for each in selectors.shown_restorations()],
            "everywhere": required().kind == "office",
        },
    )


def _shown(row: Backup | Rehearsal | Restoration) -> dict[str, Any]:
    titles = {host.seat.name: host.title for host in DIRECTORY.provinces()}
    tone, shape = TONES[row.state]
    return {
        "row": row,
        "scope": _("全部") if row.scope == ALL else titles.get(row.scope, row.scope),
        "tone": tone,
        "shape": shape,
        "seconds": round((row.ended_at - row.began_at).total_seconds()) if row.ended_at else None,
    }


def _lines(row: Restoration) -> Iterator[str]:
    """The report in sentences, by counts; at the province itself with the numbers of its documents."""
    report = row.report
    if report.get("problem"):
        yield _("没有完成：{why}").format(why=report["problem"])
    if "objects_brought_back" in report:
        yield _("补回文件 {count} 个").format(count=report["objects_brought_back"])
    if gone := len(report.get("objects_gone_at_backup", ())):
        yield _("备份时正被清理的文件 {count} 个，没有恢复").format(count=gone)
    if row.scope == ALL and report.get("provinces"):
        yield _("恢复了 {count} 个省，各省的报告由各省查看").format(count=len(report["provinces"]))
    for found in report.get("provinces", {}).values():
        yield from _of_one(found, numbers=required().kind != "office")


def _of_one(found: dict[str, Any], *, numbers: bool) -> Iterator[str]:
    if "log" in found:
        kept = _("操作记录和封存日志保持恢复前的样子，没有倒退")
        lost = _("操作记录和封存日志退回到备份时，日志中已写明，见证各方已收到通知")
        yield kept if found["log"].get("kept") else lost
    if skipped := [each for each in found.get("numbers", {}).get("skipped", ()) if each]:
        yield _("跳过可能已经用过的文号：{ranges}").format(ranges="、".join(skipped))
    if count := sum(found.get("as_now", {}).values()):
        yield _("账号、密钥等 {count} 项保持恢复前的状态，已停用的没有恢复").format(count=count)
    if found.get("keys_ended"):
        yield _("程序密钥 {count} 个已全部停用，需要重新发放").format(count=found["keys_ended"])
    if found.get("unsent_given_up"):
        yield _("备份时等待发送的通知 {count} 条不再发送，以免重复").format(count=found["unsent_given_up"])
    if found.get("letters_delivered_again"):
        yield _("备份以后收到的往来 {count} 件已重新送达").format(count=found["letters_delivered_again"])
    if found.get("letters_sent_since_count"):
        named = [each["document_no"] for each in found.get("letters_sent_since", ()) if each.get("document_no")]
        said = _("备份以后发出的往来 {count} 件，本省记录里已没有，请逐件核对").format(
            count=found["letters_sent_since_count"]
        )
        yield f"{said}：{'、'.join(named)}" if named and numbers else said
    peers = [said for said in found.get("peers", {}).values() if isinstance(said, dict)]
    if doubted := [each for said in peers for each in said.get("numbers_doubted", ())]:
        said = _("其他部署说本省用过的文号 {count} 个，与本省相差太远，没有采信，请逐个核对").format(count=len(doubted))
        yield f"{said}：{'、'.join(doubted)}" if numbers else said
    missing = [name for name, said in found.get("peers", {}).items() if isinstance(said, dict) and said.get("missing")]
    if missing:
        yield _("其他部署 {count} 处还没有答复，请运维人员稍后再次联系").format(count=len(missing))
