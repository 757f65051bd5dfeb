"""Codes on an opinion letter and their words. The paper prints them in both languages; nothing is translated freely."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

EXAM_MODES: dict[str, str | Promise] = {
    "photo": _("照片辨认"),
    "physical": _("实物辨认"),
    "on_site": _("现场辨认"),
}
ROLES: dict[str, str | Promise] = {
    "owner": _("商标权利人"),
    "licensee": _("被许可人"),
    "agent": _("受托单位"),
}
STANDINGS: dict[str, str | Promise] = {
    "in_force": pgettext_lazy("trademark", "有效"),
    "under_renewal": _("续展办理中"),
    "lapsed": _("已过有效期"),
    "unknown": _("有效期未登记"),
}
PRICE_BASES: dict[str, str | Promise] = {
    "guide_price": _("企业指导价"),
    "list_price": _("标价或官方售价"),
    "invoice_average": _("同期发票均价"),
    "retail_survey": _("市场零售价调查"),
}
RESPONSIBILITY = _(
    "本单位对本意见书的真实性负责，并承担由此产生的法律责任。本单位愿意就本意见书所述事实接受询问、出庭说明。"
)
LIMITS: dict[str, str | Promise] = {
    "not_expert_opinion": _("本意见书是权利人出具的辨认意见，不是鉴定机构的鉴定意见。"),
    "not_sufficient_alone": _("本意见书须与其他证据相互印证，经行政机关审查采信后，方可作为认定事实的依据之一。"),
    "may_be_overturned": _("当事人可以提出异议并提交证据；有相反证据足以推翻的，不予采信。"),
    "only_these_samples": _("辨认结论只对所列照片或封样对应的商品作出。"),
}
"""What the paper is not, printed on every one, in this order."""
