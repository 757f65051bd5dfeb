"""The living page of the shared pieces, in all their states. Debug only; every word on it is invented."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webui.inputs import DayField
from webui.looks import VERDICT_LOOKS

VERDICT_WORDS = {
    "genuine": _("正品"),
    "counterfeit": _("假冒"),
    "refilled_or_reassembled": _("灌装或拼装"),
    "licensed_or_authorised": _("许可生产"),
    "grey_market": _("窜货"),
    "not_our_product_line": _("不是本企业的产品线"),
    "cannot_tell_need_photos": _("看不准，需补拍"),
    "cannot_tell_need_sample": _("看不准，需实物"),
    "suspected_counterfeit": _("疑似假冒"),
    "nothing_suspicious": _("未见异常"),
    "cannot_tell_from_listing": _("凭商品图片无法判断"),
}


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("当事人字号"), help_text=_("与营业执照一致；品牌方看不到这一项。"))
    price = forms.DecimalField(label=_("标价（元）"), required=False)
    found = DayField(label=_("发现日期"), required=False)
    unit = forms.ChoiceField(label=_("单位"), choices=[("b", _("瓶")), ("c", _("箱"))])
    state = forms.ChoiceField(
        label=_("包装状态"), choices=[("s", _("未开封")), ("o", _("已开封"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("备注"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sure = forms.BooleanField(label=_("照片为现场拍摄"))


def _symbols() -> list[str]:
    """Return the names of all symbols of the sprite, in its order."""
    return re.findall(r'<symbol id="([^"]+)"', Path(finders.find("webui/icons.svg") or "").read_text(encoding="utf-8"))


def _photos() -> list[dict[str, Any]]:
    suspect, digest = static("webui/styleguide/suspect.svg"), "a1b2c3d4e5f60718"
    link = reverse("webui:styleguide")
    return [
        {
            "id": 1,
            "number": 1,
            "name": _("正标"),
            "thumb_url": suspect,
            "url": link,
            "digest": digest,
            "state": _("已送达"),
            "tone": "good",
        },
        {"id": 2, "number": 2, "name": _("背标"), "thumb_url": suspect, "state": _("发送中"), "tone": "accent"},
        {"id": 3, "number": 3, "name": _("喷码"), "thumb_url": suspect, "state": _("待发送"), "album": True},
        {"id": 4, "number": 4, "name": _("瓶底"), "state": _("补拍"), "tone": "wait"},
        {"id": 5, "number": 5, "name": _("外箱"), "reason": _("没有外包装")},
    ]


def _context(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()

    def before(**parts: float) -> datetime:
        return now - timedelta(**parts)

    photos = _photos()
    bad = SampleForm({"name": "", "price": "abc", "unit": "b"})
    bad.is_valid()
    verdict = {
        "value": "counterfeit",
        "label": VERDICT_WORDS["counterfeit"],
        "meaning": _("不是本企业生产，也未许可他人生产。请留存实物；正式意见书寄出后会在这里显示。"),
        "by": "林工",
        "organisation": _("清溪酒业"),
        "authorisation": _("授权委托书 2026-014，有效至 2026-12-31"),
        "at": before(minutes=3),
        "reasons": [_("正标接缝偏右约 3 毫米"), _("喷码字母 O 应为数字 0"), _("厂名字体过细")],
        "features": photos[:2],
    }
    rows = [
        {
            "id": index,
            "place": place,
            "product": _("清溪 52 度 500ml"),
            "since": before(minutes=wait),
            "due": before(minutes=wait) + timedelta(minutes=10),
            "who": who,
        }
        for index, (place, wait, who) in enumerate(
            [("广西 450103", 2, ""), ("贵州 520102", 8.5, "王工"), ("广东 440106", 14, ""), ("福建 350203", 31, "林工")]
        )
    ]
    return {
        "now": now,
        "bureau_title": _("广西壮族自治区市场监督管理局"),
        "photos": photos,
        "verdict": verdict,
        "withdrawn": {**verdict, "withdrawn": _("批次资料有误，请以新的结论为准"), "features": None},
        "clear": {
            **verdict,
            "value": "genuine",
            "label": VERDICT_WORDS["genuine"],
            "meaning": _("所示部位与正品一致。"),
            "reasons": None,
            "features": None,
        },
        "verdicts": [{"value": value, "label": VERDICT_WORDS[value]} for value in VERDICT_LOOKS],
        "next_steps": [
            {"url": "#", "label": _("提请立案"), "primary": True},
            {"url": "#", "label": _("登记线索")},
            {"url": "#", "label": _("申请现场协助")},
            {"url": "#", "label": _("加拍")},
        ],
        "events": [
            {
                "at": before(minutes=9),
                "title": _("已发出"),
                "by": "陈队长",
                "icon": "send",
                "tone": "accent",
                "detail": _("3 张照片，1 件商品"),
            },
            {"at": before(minutes=7), "title": _("已通知，未读 2 分钟"), "icon": "clock", "tone": "wait"},
            {"at": before(minutes=6), "title": _("已认领"), "by": "林工", "icon": "person"},
            {
                "at": before(minutes=3),
                "title": _("假冒"),
                "by": "林工",
                "icon": "seal-cross",
                "tone": "seal",
                "detail": _("正标接缝偏右，喷码格式不对"),
            },
        ],
        "messages_in_chat": [
            {"id": 1, "at": before(minutes=6), "system": True, "text": _("林工认领了这份申请")},
            {"id": 2, "at": before(minutes=5), "by": "林工", "text": _("喷码有反光，换个角度再拍一张？")},
            {
                "id": 3,
                "at": before(minutes=4),
                "mine": True,
                "read": True,
                "text": _("好，这张可以吗"),
                "photos": photos[:1],
            },
        ],
        "chat_url": "#",
        "form": SampleForm(),
        "bad": bad,
        "rows": rows,
        "pages": Paginator(range(230), 25).page(3),
        "clocks": {
            "fresh": {"since": before(minutes=2)},
            "owed": {"since": before(minutes=2), "due": now + timedelta(minutes=28)},
            "close": {"since": before(minutes=26), "due": now + timedelta(minutes=4)},
            "late": {"since": before(minutes=42), "due": before(minutes=12)},
            "done": {"since": before(minutes=8), "stopped": before(minutes=4)},
        },
        "ages": [
            before(seconds=20),
            before(minutes=3),
            before(hours=5),
            before(days=3),
            before(days=40),
            before(days=500),
        ],
        "icons": _symbols(),
        "desk_nav": [
            {"url": "#queue", "label": _("待鉴"), "icon": "inbox", "count": 4, "current": True},
            {"url": "#products", "label": _("产品"), "icon": "box"},
            {"url": "#people", "label": _("人员与授权"), "icon": "people"},
            {"url": "#letters", "label": _("往来"), "icon": "letter", "count": 1},
        ],
        "phone_nav": [
            {"url": "#home", "label": _("首页"), "icon": "home", "current": True},
            {"url": "#clues", "label": _("线索"), "icon": "list"},
            {"url": "#scene", "label": _("现场"), "icon": "place"},
            {"url": "#messages", "label": _("消息"), "icon": "message", "count": 3},
            {"url": "#me", "label": _("我"), "icon": "person"},
        ],
        "shots": [
            {
                "code": "front",
                "name": str(_("正标")),
                "hint": str(_("整张标签，四边都要在框里")),
                "required": True,
                "overlay_url": static("webui/styleguide/outline.svg"),
                "sample_url": static("webui/styleguide/genuine.svg"),
            },
            {"code": "back", "name": str(_("背标")), "hint": str(_("厂名厂址要能读")), "required": True},
            {"code": "batch", "name": str(_("喷码")), "hint": str(_("靠近，避开反光")), "required": True},
            {"code": "base", "name": str(_("瓶底")), "hint": "", "required": False},
        ],
        "upload_url": reverse("webui:styleguide_page", args=["upload"]),
        "absent_url": reverse("webui:styleguide_page", args=["upload"]),
        "group": "styleguide",
        "done_url": reverse("webui:styleguide"),
        "genuine_url": static("webui/styleguide/genuine.svg"),
        "suspect_url": static("webui/styleguide/suspect.svg"),
        "boxes": [{"photo": "1", "x": 0.68, "y": 0.42, "w": 0.1, "h": 0.4, "comment": str(_("接缝偏右"))}],
    }


def index(request: HttpRequest) -> HttpResponse:
    """Show every piece in every state."""
    context = _context(request)
    messages.info(request, _("提示：已保存草稿。"))
    messages.success(request, _("已发出，品牌方已收到。"))
    messages.error(request, _("没有发出：还差 1 张必拍照片（喷码）。"))
    return render(request, "webui/styleguide/index.html", context)


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one whole sample page: phone, request, desk, camera, viewer; or take a sample upload."""
    if name == "upload":
        if request.method == "POST":
            body = {
                "photo_id": request.headers.get("Idempotency-Key", ""),
                "sha256": request.POST.get("sha256", ""),
                "thumb_url": "",
            }
            return JsonResponse(body, status=201)
        raise Http404
    if name not in {"phone", "request", "desk", "camera", "viewer"}:
        raise Http404
    return render(request, f"webui/styleguide/{name}.html", _context(request))
