"""What pages show of exhibits, out of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Post
from evidence import kinds, selectors, sheets
from evidence.kinds import Kind
from evidence.matters import Matter
from evidence.models import Exhibit
from evidence.store import photo_url
from provinces.context import required
from webui.times import duration_words, exact_words

_TONES = {Exhibit.State.RECEIVED: "neutral", Exhibit.State.REFUSED: "wait"}


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """Which page frame: an officer's phone page, or the desk of everybody else."""
    officer = required().kind == "province" and request.user.has_role(Post.Role.OFFICER)  # type: ignore[union-attr]
    return {"frame": "webui/phone.html" if officer else "webui/desk.html", "is_phone": officer}


def export_url(person: Any, matter: Matter, name: str, *args: Any) -> str:
    """Where a matter or a package is exported; empty for who may not, and where there is no such page."""
    if not selectors.may_take_out(person, matter):
        return ""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def tiles(rows: Iterable[Exhibit], names: Mapping[UUID, str] | None = None) -> list[dict[str, Any]]:
    """Exhibits as small pictures that lead to their pages; what is no picture stands as words."""
    return [_tile(row, names) for row in rows]


def _tile(row: Exhibit, names: Mapping[UUID, str] | None) -> dict[str, Any]:
    state, tone = "", "neutral"
    if row.withdrawn_at:
        state, tone = _("已撤回"), "wait"
    elif row.redacted_from_id:
        state = _("遮盖副本")
    elif row.state != Exhibit.State.READY:
        state, tone = str(row.get_state_display()), _TONES[Exhibit.State(row.state)]
    picture = row.view_key and not row.withdrawn_at
    return {
        "id": row.pk,
        "url": reverse("exhibits:exhibit", args=[row.pk]),
        "thumb_url": photo_url(row.pk, "thumb") if picture else "",
        "name": kinds.name_of(row, names),
        "state": state,
        "tone": tone,
        "digest": row.sha256,
        "album": row.source == Exhibit.Source.ALBUM,
        "kind": row.get_kind_display(),
        "legal_kind": row.get_legal_kind_display(),
        "is_picture": row.kind == Kind.PHOTO,
    }


def exhibit_facts(row: Exhibit) -> list[tuple[str, str]]:
    """Who, when, where, how: (label, words). An empty fact that matters is said to be empty."""
    facts = [(_("采集人"), row.by_name or _("未记录")), (_("来源"), _source(row))]
    if row.captured_at:
        facts.append((_("设备时间"), exact_words(row.captured_at)))
    elif row.kind == Kind.PHOTO:
        facts.append((_("设备时间"), _("未记录")))
    facts.append((_("服务器收到"), exact_words(row.received_at)))
    if row.captured_at:
        facts.append((_("两者相差"), _difference(row)))
    if row.device_clock_offset_s is not None:
        facts.append((_("设备时钟"), _offset(row.device_clock_offset_s)))
    if row.kind == Kind.PHOTO and row.source != Exhibit.Source.MADE and not row.view_only:
        facts += _place(row)
    if row.kept_reason:
        facts.append((_("保留原因"), row.kept_reason))
    if row.device_note:
        facts.append((_("设备"), row.device_note))
    if row.file_name:
        facts.append((_("文件名"), row.file_name))
    if row.width:
        facts.append((_("尺寸"), f"{row.width} × {row.height}"))
    return facts


def _source(row: Exhibit) -> str:
    words = str(row.get_source_display())
    if row.kind == Kind.PHOTO and row.source == Exhibit.Source.ALBUM:
        return _("{source}，不是现场拍摄").format(source=words)
    return words


def _difference(row: Exhibit) -> str:
    if row.captured_at is None:
        return ""
    span = row.received_at - row.captured_at
    if span < timedelta(0):
        return _("设备时间晚 {span}").format(span=duration_words(-span))
    return _("收到晚 {span}").format(span=duration_words(span))


def _offset(seconds: int) -> str:
    if abs(seconds) < 1:
        return _("与服务器一致")
    span = duration_words(timedelta(seconds=abs(seconds)))
    return _("比服务器快 {span}").format(span=span) if seconds > 0 else _("比服务器慢 {span}").format(span=span)


def _place(row: Exhibit) -> list[tuple[str, str]]:
    how = str(row.get_position_source_display())
    if row.latitude is None:
        return [(_("位置"), _("没有位置（{how}）").format(how=how))]
    words = f"{row.latitude}, {row.longitude}（{row.get_coordinates_display()}"
    if row.accuracy_m:
        words += f"，±{row.accuracy_m} m"
    words += "）"
    facts = [(_("位置"), words), (_("定位方式"), how)]
    if row.position_age_s is not None:
        facts.append((_("定位时间"), _("拍摄前 {span}").format(span=duration_words(row.position_age_s))))
    return facts


def shown(row: Exhibit) -> dict[str, Any]:
    """What was written in a waybill, a record or a video: fields with their words, a reason where one is empty."""
    fields = row.content.get("fields", {}) if not row.withdrawn_at else {}
    labels = sheets.FIELDS.get(row.kind, {})
    lines = []
    for name, label in labels.items():
        said = fields.get(name)
        if said is not None:
            lines.append({"label": str(label), "value": _worded(name, said.get("value", "")), "reason": _reason(said)})
    return {"lines": lines, "checks": _checks(row.checks)}


def _worded(name: str, value: str) -> str:
    words = {"subject": sheets.SUBJECTS, "method": sheets.METHODS}.get(name, {})
    return str(words.get(value, value))


def _reason(said: Mapping[str, Any]) -> str:
    reason = str(said.get("reason", ""))
    return str(sheets.EMPTY_REASONS.get(reason, reason))


def _checks(checks: Any) -> list[tuple[str, str]]:
    """What the phone found out, as it says it."""
    if not isinstance(checks, dict):
        return []
    return [(str(name), "" if isinstance(value, dict | list) else str(value)) for name, value in checks.items()][:20]
