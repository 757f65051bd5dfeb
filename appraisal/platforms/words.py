"""What a fast answer is called and means, what state an ask is in, and the sentence that goes with every answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from appraisal.platforms.models import FastAsk, FastTask
from federation.contracts.platforms import FastVerdict
from kernel.errors import Words


@dataclass(frozen=True)
class FastVerdictWords:
    """One conclusion as it stands on the desk. key: the digit that chooses it."""

    key: str
    value: str
    label: Words
    meaning: Words


VERDICTS = [
    FastVerdictWords(str(number), value.value, label, meaning)
    for number, (value, label, meaning) in enumerate(
        [
            (FastVerdict.COUNTERFEIT, _("假冒"), _("从图片即可认定，不是本企业生产，也未经许可")),
            (FastVerdict.SUSPECTED_COUNTERFEIT, _("疑似假冒"), _("有可疑之处，认定要看实物")),
            (FastVerdict.NOTHING_SUSPICIOUS, _("未见异常"), _("图片上没有看出问题；不等于确认真品")),
            (FastVerdict.GENUINE, _("真品"), _("从图片即可认定是本企业产品")),
            (FastVerdict.NOT_OUR_PRODUCT_LINE, _("非本企业产品线"), _("本企业没有这种产品")),
            (FastVerdict.CANNOT_TELL_FROM_LISTING, _("凭商品图片无法判断"), _("图片看不清，或不是实拍")),
        ],
        start=1,
    )
]
LABELS: dict[str, Words] = {each.value: each.label for each in VERDICTS}
MEANINGS: dict[str, Words] = {each.value: each.meaning for each in VERDICTS}

NOTE = _("快速鉴定是权利人凭商品图片给平台的答复，不是辨认意见书，不作为证据使用。")

ASK_LOOKS: dict[str, tuple[str, str]] = {
    FastAsk.State.PREPARING: ("neutral", "image"),
    FastAsk.State.WAITING: ("accent", "ring"),
    FastAsk.State.ANSWERED: ("good", "tick"),
    FastAsk.State.RECALLED: ("wait", "back"),
    FastAsk.State.WITHDRAWN: ("neutral", "cross"),
    FastAsk.State.SPOILED: ("wait", "warning"),
}
TASK_LOOKS: dict[str, tuple[str, str]] = {
    FastTask.State.WAITING: ("accent", "ring"),
    FastTask.State.CLAIMED: ("accent", "half"),
    FastTask.State.ANSWERED: ("good", "tick"),
    FastTask.State.CANCELLED: ("neutral", "cross"),
}
"""state: (tone, shape) of its chip."""

REASONS = [
    _("商品图片与真品包装一致"),
    _("商品图片中的标识与真品不同"),
    _("本企业没有这种规格的产品"),
    _("售价远低于正常价格，图片有可疑之处"),
    _("图片不是实拍，看不到防伪和批号"),
]
