"""Captions 1 to 8 that lead a newcomer through the main job, as a slim bar on the pages of a persona's session.

Which caption is shown follows from the page and goes forward only: what was done is not asked for again. The session
keeps it, under `guide`; it can be closed, and a new tap on the front door begins anew. Other apps know nothing of it;
`place` lets them say which caption suits a page of theirs at this moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import clock
from runtime.door.personas import PERSONAS, Persona

KEY = "guide"
LAST = 8


@dataclass(frozen=True)
class Caption:
    """One step. other: code of the persona whose window comes next; pages: view names on which it is the next thing."""

    number: int
    text: Any
    pages: tuple[str, ...] = ()
    other: str = ""


CAPTIONS: tuple[Caption, ...] = (
    Caption(1, _("点“查真假”，开始一次查验。"), ("requests:home",)),
    Caption(2, _("输入 lhc 或“岚壑春”，选“青坛 53度”。地点会自动填好，也可以改。"), ("requests:check",)),
    Caption(3, _("拍三张（或用样张试拍），再点“完成”。每张一拍下就封存。"), ("requests:capture",)),
    Caption(4, _("点“发给……”就发出。数量、标价可以先填，也可以不填。"), ("requests:item", "requests:site")),
    Caption(5, _("品牌的值班鉴定人员已被叫到。打开另一个窗口，作为鉴定人员接单。"), ("requests:detail",), "appraiser"),
    Caption(6, _("打开刚到的一件，接单，和真品样张比对，勾检查点，按 2 给出“假冒”。"), ("desk:queue", "desk:task")),
    Caption(7, _("回到执法人员的窗口：结论已经自己到了，理由和标注都在。"), (), "officer"),
    Caption(8, _("最后看局领导页面：今天多少次、中位几分钟、谁超时。"), ("bureau:leader",), "leader"),
)
OFFICE_WORDS = _("您是协作管理员：审核一份入驻申请，看各方往来、滞留件和台账。")

_PLACES: dict[str, Callable[[HttpRequest], int]] = {}


def place(view_name: str, step_of: Callable[[HttpRequest], int]) -> None:
    """Let an app say which caption suits one of its pages now; `step_of(request)` gives 0 for no opinion."""
    _PLACES[view_name] = step_of


def begin(request: HttpRequest, persona: Persona) -> None:
    """Start the guide in a new session."""
    request.session[KEY] = {"persona": persona.code, "step": persona.step, "since": clock.now().isoformat()}


def began(request: HttpRequest) -> datetime | None:
    """When this session's guide began; None without one."""
    said = request.session.get(KEY, {}).get("since")
    return datetime.fromisoformat(said) if said else None


def close(request: HttpRequest) -> None:
    """Show it no more in this session."""
    request.session.pop(KEY, None)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `guide` for the bar, in sessions that came through the front door; nothing elsewhere."""
    session = getattr(request, "session", None)
    if not settings.DEMO or session is None or KEY not in session:
        return {}
    held = session[KEY]
    persona = PERSONAS.get(held.get("persona", ""))
    if persona is None:
        return {}
    match = getattr(request, "resolver_match", None)
    step = _step(request, match.view_name if match else "", held["step"]) if persona.step else 0
    if step != held["step"]:
        session[KEY] = {**held, "step": step}
    caption = CAPTIONS[step - 1] if step else None
    other = PERSONAS.get(caption.other) if caption else None
    if other is persona and step < LAST:
        other = PERSONAS.get(CAPTIONS[step].other)
    return {
        "guide": {
            "persona": persona,
            "step": step,
            "last": LAST,
            "text": caption.text if caption else OFFICE_WORDS if persona.code == "office" else persona.does,
            "other": other if other is not persona else None,
            "waits": step in (5, 6),
            "capturing": bool(match and match.view_name == "requests:capture"),
            "door": f"{settings.SCHEME}://{settings.DOMAIN}",
            "numbers": range(1, LAST + 1),
        }
    }


def _step(request: HttpRequest, view_name: str, held: int) -> int:
    """The caption for this page: never one that lies behind what was reached."""
    if view_name in _PLACES:
        said = _PLACES[view_name](request)
        if said:
            return max(said, held) if said < LAST else said
    here = next((caption.number for caption in CAPTIONS if view_name in caption.pages), 0)
    if view_name == "requests:home" and held >= 5:
        return held
    if here in (2, 3, 4):  # a second check may begin before the first is through
        return here
    return max(here, held)
