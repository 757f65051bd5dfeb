"""Words of the desk: what a verdict is called and means, canned reasons, what happened to a task."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskAssistance, DeskTask
from federation.contracts.appraisal import VerdictValue
from kernel.errors import Words

State = DeskTask.State


@dataclass(frozen=True)
class VerdictWords:
    """One verdict as it stands on the desk. key: the digit that chooses it."""

    key: str
    value: str
    label: Words
    meaning: Words


VERDICTS = [
    VerdictWords(str(number), value.value, label, meaning)
    for number, (value, label, meaning) in enumerate(
        [
            (VerdictValue.GENUINE, _("真品"), _("本企业生产，包装与内容物均未见异常")),
            (VerdictValue.COUNTERFEIT, _("假冒"), _("不是本企业生产，也未经许可")),
            (VerdictValue.REFILLED_OR_REASSEMBLED, _("灌装或拼装"), _("包装是真的，内容物或部件不是")),
            (VerdictValue.LICENSED_OR_AUTHORISED, _("许可或授权产品"), _("被许可人或授权方生产")),
            (VerdictValue.GREY_MARKET, _("窜货（真品）"), _("真品，但不在约定的区域销售；不是假冒")),
            (VerdictValue.NOT_OUR_PRODUCT_LINE, _("非本企业产品线"), _("本企业没有这种产品")),
            (VerdictValue.CANNOT_TELL_NEED_PHOTOS, _("照片不足，无法判断"), _("补拍后再看")),
            (VerdictValue.CANNOT_TELL_NEED_SAMPLE, _("需寄样品判断"), _("照片看不出，要看实物")),
        ],
        start=1,
    )
]
VERDICT_LABELS = {each.value: each.label for each in VERDICTS}

RESULTS = [("same", _("一致")), ("different", _("不同")), ("cannot_see", _("看不清"))]
RESULT_SENTENCES = {
    "same": _("{name}：与真品一致"),
    "different": _("{name}：与真品不同"),
    "cannot_see": _("{name}：照片中看不清"),
}

RETAKE_REASONS = [
    _("喷码或文字模糊，请靠近对焦后再拍一张"),
    _("反光遮住了细节，请换个角度再拍"),
    _("太暗，请补光后再拍"),
    _("太远，请靠近，让这一部位占满画面"),
    _("拍的不是这个部位，请按示意图再拍"),
]

STATE_LOOKS: dict[str, tuple[str, str]] = {
    State.WAITING: ("accent", "ring"),
    State.CLAIMED: ("accent", "half"),
    State.SUPPLEMENT: ("wait", "camera"),
    State.PARTLY_ANSWERED: ("accent", "half"),
    State.ANSWERED: ("good", "tick"),
    State.CANCELLED: ("neutral", "cross"),
}
"""state: (tone, shape) of its chip."""

EVENTS: dict[str, tuple[Words, str, str]] = {
    "arrived": (_("申请到达"), "letter", "neutral"),
    "rung": (_("已通知值班人员"), "phone", "neutral"),
    "reminded": (_("再次提醒"), "phone", "wait"),
    "handed_over": (_("转请下一位值班人员"), "people", "wait"),
    "opened": (_("打开查看"), "person", "neutral"),
    "claimed": (_("接单"), "half", "accent"),
    "released": (_("退回待接单"), "back", "neutral"),
    "supplement": (_("请补拍"), "camera", "wait"),
    "photos": (_("收到照片"), "image", "neutral"),
    "enough": (_("照片够了"), "tick", "neutral"),
    "verdict": (_("给出辨认结论"), "seal", "accent"),
    "withdrawn": (_("撤回结论"), "back", "wait"),
    "mailed": (_("寄出辨认意见书"), "letter", "neutral"),
    "letter_preliminary": (_("辨认意见书已批准，待签名"), "document", "accent"),
    "letter_revised": (_("辨认意见书退回修改"), "back", "wait"),
    "letter_stamp_wait": (_("辨认意见书已签名，等待时间戳"), "half", "wait"),
    "letter_formal": (_("签发辨认意见书"), "check-seal", "good"),
    "letter_withdrawn": (_("撤回辨认意见书"), "back", "seal"),
    "original_mailed": (_("寄出意见书原件"), "letter", "neutral"),
    "original_failed": (_("意见书原件未送达"), "warning", "wait"),
    "original_scanned": (_("意见书原件扫描件已对应"), "image", "neutral"),
    "original_accepted": (_("机关收到意见书原件"), "tick", "good"),
    "original_returned": (_("机关退回意见书原件"), "back", "seal"),
    "objection": (_("当事人提出异议"), "warning", "seal"),
    "objection_answered": (_("答复当事人异议"), "chat", "neutral"),
    "onsite": (_("现场协助"), "place", "neutral"),
    "cancelled": (_("申请方取消"), "cross", "neutral"),
    "photo_withdrawn": (_("对方撤回照片"), "lock", "wait"),
}
"""kind of line: (title, icon, tone)."""

ASSISTANCE_LOOKS: dict[str, tuple[str, str]] = {
    DeskAssistance.State.ASKED: ("accent", "ring"),
    DeskAssistance.State.ACCEPTED: ("accent", "half"),
    DeskAssistance.State.DECLINED: ("neutral", "cross"),
    DeskAssistance.State.DONE: ("good", "tick"),
}
"""state: (tone, shape) of its chip."""
