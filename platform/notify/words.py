"""What may leave the house about a notice: a fixed sentence per code and a link. Never the notice's own words."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from kernel.errors import Words

DEFAULT: Words = _("有一条新消息")
SENTENCES: dict[str, Words] = {
    "task_waiting": _("有一件鉴定申请等您接单"),
    "task_handed_over": _("有一件鉴定申请转由您处理"),
    "photos_in": _("补拍的照片到了"),
    "chat_line": _("对话里有新消息"),
    "onsite": _("现场协助有新消息"),
    "supplement_asked": _("鉴定人员请您补拍照片"),
    "verdict_arrived": _("有一份申请已有辨认结论"),
    "verdict_withdrawn": _("有一份辨认结论已撤回"),
    "request_no_answer": _("有一份申请暂无人应答"),
    "consultation_line": _("咨询有新消息"),
    "assistance_task": _("有一项执法协助等您处理"),
    "assistance_reply": _("执法协助有回复"),
    "enrolment": _("入驻申请有新进展"),
    "letter_stuck": _("有函件滞留，请处理"),
    "notice_came": _("有一份通知书等您办理"),
    "sample_coming": _("有封样寄来"),
    "objection_came": _("有一份异议等您答复"),
    "original_returned": _("意见书原件有新消息"),
    "reuse_waiting": _("有一份意见书可以重用，请确认"),
}


def outward(code: str) -> str:
    """The sentence for one code, in the language that is active now."""
    return str(SENTENCES.get(code, DEFAULT))


def register(code: str, words: Words) -> None:
    """Give a code its sentence. It must hold nothing of any case."""
    SENTENCES[code] = words


def path_only(url: str) -> str:
    """The path of a page of ours, without query or fragment; empty for anything else."""
    parts = urlsplit(url)
    return parts.path if parts.path.startswith("/") and not parts.netloc and not parts.scheme else ""
