"""Whether the trail can be written and its copy outside keeps up. It stands here, above both: the audit app and the
watching one do not know each other."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from oversight import health as trail
from watching.health import Check, Finding, bad, figure, good, register, worse

UNWRITABLE = figure("czj_trail_unwritable", "1 while looks at sensitive records cannot be written")
BEHIND = figure("czj_trail_copy_behind_seconds", "Age of the oldest line of the trail that has not left")
GAP = figure("czj_trail_copy_gap", "1 for a week after a restoration that left lines in the copy that are not here")


def _writable() -> Finding:
    ok, why = trail.trail()
    if ok:
        return good(figures={UNWRITABLE: 0.0})
    sentence = _("查阅记录写不进去（{why}），敏感内容已停止显示。请检查磁盘空间和数据库权限。")
    return bad(sentence, figures={UNWRITABLE: 1.0}, why=why)


def _copy() -> Finding:
    ok, behind_s, problem = trail.copy()
    gap = trail.gap()
    figures = {BEHIND: float(behind_s), GAP: float(gap > 0)}
    if ok and gap:
        sentence = _("从备份恢复后，审计外送副本里第 {place} 条起有本系统没有的记录。请审计管理员到“审计”页核对。")
        return worse(sentence, figures=figures, place=gap)
    if ok:
        return good(figures=figures)
    sentence = _("审计记录外送落后 {minutes} 分钟（{problem}）。请检查接收方；记录没有丢失，恢复后自动补送。")
    return worse(sentence, figures=figures, minutes=behind_s // 60, problem=problem)


register(Check("trail", _("查阅记录"), _writable))
register(Check("trail_copy", _("审计外送"), _copy))
