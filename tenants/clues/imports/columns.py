"""Which column is which: guessed from headers as the platforms write them, kept as somebody matched them last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput
from kernel.text import squeeze
from tenants.clues.models import ImportColumns

LABELS: dict[str, Promise] = {
    "ref": _("来源单号"),
    "content": _("线索内容"),
    "title": _("摘要"),
    "subject_name": _("被反映主体"),
    "subject_code": _("统一社会信用代码"),
    "subject_phone": _("主体电话"),
    "platform": _("平台"),
    "subject_account": _("店铺或账号"),
    "link": _("链接"),
    "address_raw": _("地址"),
    "brand": _("品牌"),
    "product": _("商品"),
    "code": _("条码或批号"),
    "estimated_value": _("金额"),
    "outlet_day": _("日期"),
    "channel": _("渠道"),
    "violation": _("违法类型"),
    "unit_price": _("单价"),
    "quantity": _("数量"),
}
HEADERS: dict[str, tuple[str, ...]] = {
    "ref": (
        "来源单号", "登记编号", "工单编号", "工单号", "举报单编号", "举报编号", "投诉单编号", "投诉编号", "单号",
        "线索编号", "线索号", "监测编号", "任务编号", "编号", "受理编号", "案件编号", "诉求编号",
        "诉求单号", "ref", "id", "no",
    ),
    "content": (
        "线索内容", "举报内容", "投诉内容", "反映内容", "问题描述", "内容", "详细内容", "违法事实", "情况说明",
        "线索描述", "违法线索", "诉求内容", "监测情况", "描述", "content", "description",
    ),
    "title": ("摘要", "标题", "主题", "线索名称", "title", "subject"),
    "subject_name": (
        "被反映主体", "被举报人", "被举报方", "被举报单位", "被投诉人", "被投诉方", "被投诉企业", "被投诉举报人",
        "涉事主体", "涉事主体名称", "主体名称", "企业名称", "经营者", "经营者名称", "商家名称", "商户名称", "公司名称",
        "涉及主体", "涉及单位", "当事人", "卖家", "company", "merchant",
    ),
    "subject_code": ("统一社会信用代码", "信用代码", "社会信用代码", "uscc"),
    "subject_phone": ("被举报人电话", "被投诉人电话", "商家电话", "主体电话", "企业电话", "店铺电话"),
    "platform": ("平台", "平台名称", "电商平台", "所属平台", "交易平台", "platform"),
    "subject_account": (
        "店铺", "店铺名称", "店名", "网店名称", "店铺名", "店铺id", "账号", "帐号", "主播", "直播间", "卖家昵称",
        "店铺或账号", "shop", "account",
    ),
    "link": ("链接", "网址", "商品链接", "店铺链接", "url", "商品url", "页面地址", "link"),
    "address_raw": (
        "地址", "被举报人地址", "被投诉人地址", "经营地址", "经营场所", "住所", "详细地址", "事发地", "事发地址",
        "涉事地址", "店铺地址", "发货地", "发货地址", "注册地址", "所在地", "address",
    ),
    "brand": ("品牌", "涉及品牌", "品牌名称", "侵权品牌", "商标", "brand"),
    "product": ("商品", "商品名称", "产品", "产品名称", "涉及商品", "商品标题", "品名", "product"),
    "code": ("条码", "商品编码", "批号", "商品id", "sku", "barcode"),
    "estimated_value": ("金额", "涉及金额", "销售额", "估计货值", "货值", "涉案金额", "总价", "value", "amount"),
    "outlet_day": (
        "日期", "举报时间", "投诉时间", "登记时间", "监测日期", "监测时间", "采集时间", "发现时间", "发现日期", "时间",
        "受理时间", "date",
    ),
    "channel": ("渠道", "线上线下", "channel"),
    "violation": ("违法类型", "问题类别", "涉嫌违法类型", "举报类别", "客体类别", "违法行为", "violation"),
    "unit_price": ("单价", "价格", "售价", "price"),
    "quantity": ("数量", "销量", "件数", "quantity"),
}  # fmt: skip
REPORTER = re.compile(
    r"^(举报人|投诉人|消费者|提供方|反映人|联系人|诉求人|来电人|发布人|市民)"
    r"(姓名|名称|电话|手机|手机号|手机号码|联系电话|联系方式|身份证|身份证号|证件号|证件号码|地址|邮箱|性别|年龄)?$"
    r"|^(联系电话|联系方式|手机号|手机号码|手机|身份证号?|证件号码?|姓名|来电号码)$"
)
"""Columns about whoever reports: they are never read, let alone kept."""
_BY_HEADER = {squeeze(title).lower().replace("_", ""): field for field, titles in HEADERS.items() for title in titles}
NEEDED = ("content", "subject_name", "subject_account", "link")
"""At least one of these tells what it is about."""


def normal(title: str) -> str:
    """A header as it is compared: half-width, lower case, without spaces, brackets' contents and the stars of forms."""
    return re.sub(r"[（(\[【].*?[)）\]】]|[*＊:：_\-]", "", squeeze(title).lower())


def is_reporter(title: str) -> bool:
    """Whether a column is about whoever reports."""
    return bool(REPORTER.match(normal(title)))


def field_of(title: str) -> str:
    """The field that a header means by itself, empty if none."""
    return "" if is_reporter(title) else _BY_HEADER.get(normal(title), "")


def guess(header: Sequence[str], kept: Mapping[str, str] | None = None) -> dict[str, int]:
    """Field -> position. kept: what somebody said of these headers before; it goes before what the headers say."""
    found: dict[str, int] = {}
    for position, title in enumerate(header):
        known = normal(title)
        if not known or is_reporter(title):
            continue
        field = kept[known] if kept and known in kept else field_of(title)
        if field and field not in found:
            found[field] = position
    return found


def header_row(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Which of the first rows is the header: the one that knows most fields; a title above it says one thing.

    Returns its row number as a spreadsheet counts; that of the first row with several cells where no header is known.
    """
    best, most = 0, 0
    for number, cells in rows[:10]:
        known = len({field for each in cells if (field := field_of(each))}) + sum(map(is_reporter, cells))
        if known > most:
            best, most = number, known
    if best:
        return best
    several = (number for number, cells in rows[:10] if len({each.strip() for each in cells if each.strip()}) > 1)
    return next(several, rows[0][0] if rows else 1)


def kept_for(kind: str, name: str) -> dict[str, str]:
    """What the headers of this source meant last time."""
    row = ImportColumns.objects.filter(kind=kind, name=name).first()
    return dict(row.headers) if row else {}


def keep(kind: str, name: str, header: Sequence[str], columns: Mapping[str, int]) -> None:
    """Remember how the headers of this source were matched."""
    by_position = {position: field for field, position in columns.items()}
    headers = {normal(title): by_position.get(position, "") for position, title in enumerate(header) if normal(title)}
    ImportColumns.objects.update_or_create(kind=kind, name=name, defaults={"headers": headers})


def checked(columns: Mapping[str, int], header: Sequence[str]) -> dict[str, int]:
    """The columns as somebody matched them. Raises BadInput where that cannot be right."""
    positions: dict[int, str] = {}
    for field, position in columns.items():
        if field not in LABELS or not 0 <= position < len(header):
            raise BadInput(_("列的对应关系读不懂。请刷新页面后重新选择。"), code="import_columns")
        if position in positions:
            raise BadInput(
                _("“{column}”这一列选了两次。一列只能对应一项。"), code="column_doubled", column=header[position]
            )
        if is_reporter(header[position]):
            raise BadInput(
                _("“{column}”是举报人信息，不进线索台账。请不要选它。"), code="column_reporter", column=header[position]
            )
        positions[position] = field
    if not any(field in columns for field in NEEDED):
        raise BadInput(
            _("至少要对应“线索内容”“被反映主体”“店铺或账号”“链接”中的一列，否则不知道说的是什么。"),
            code="headers_unknown",
        )
    return dict(columns)


def reporters(header: Iterable[str]) -> list[str]:
    """Headers that are about whoever reports."""
    return [title.strip() for title in header if is_reporter(title)]
