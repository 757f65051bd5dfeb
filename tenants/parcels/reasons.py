"""Why a file or a row of it is not taken in, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import Problem

FILE: dict[str, Promise] = {
    "not_a_package": _("读不出这个文件。请上传 .zip 数据包，或按模板填写的 .xlsx 表格。"),
    "too_many_files": _("包里的文件超过 {most} 个。请分成几包。"),
    "unpacked_too_large": _("包展开后太大或压缩得异常。请对方不压缩附件、分成几包后重发。"),
    "path_outside": _("包里的文件名“{name}”不合规定，可能指向包外。请对方按规定的目录重新打包。"),
    "file_doubled": _("包里有两个“{name}”。请对方重新打包。"),
    "file_encrypted": _("包里的“{name}”加了密码。请对方去掉密码后重发。"),
    "file_missing": _("包里缺少“{name}”。请对方重新打包。"),
    "file_not_listed": _("“{name}”没有列入清单 manifest.json。请对方重新打包。"),
    "file_differs": _("“{name}”与清单里的摘要不同，可能在途中损坏或被改过。请对方重发。"),
    "manifest_unreadable": _("清单 manifest.json 读不出来。请对方按格式说明重新打包。"),
    "format_unknown": _("数据包格式“{format}”不认识。请对方按本平台的格式说明制作。"),
    "signature_missing": _("包没有签名文件 manifest.sig。请对方签名后重发。"),
    "signature_wrong": _("签名不是已登记的密钥签的，或内容签名后被改过。请核对对方的密钥指纹后请对方重发。"),
    "no_partner_key": _("还没有登记对方的签名公钥，不能核对签名。请系统管理员在本对接的文件交换设置里登记。"),
    "another_connection": _("这个包是发给另一个对接或另一个省的。请核对后交给收件单位，不要在这里收入。"),
    "own_parcel": _("这是本单位发出的包，不能收入。请上传对方发来的包。"),
    "sequence_used": _("第 {sequence} 包已收过，但内容与这次的不同。请与对方核对哪一份是对的，改用新包号重发。"),
    "records_unreadable": _("记录文件 records.json 读不出来。请对方按格式说明，每行一条记录重新制作。"),
    "records_encoding": _("记录文件不是 UTF-8 编码（可能是 GBK）。请对方另存为 UTF-8 后重发。"),
    "no_records": _("没有可收入的记录。请检查工作表名称和第一行表头是否与模板一致。"),
    "too_many_rows": _("超过 {most} 条记录。请分成几包。"),
    "sheets_not_allowed": _("这个对接只收带签名的数据包，不收人工填写的表格。需要时请系统管理员在设置里打开。"),
    "connection_off": _("这个对接没有启用，不能交换文件。请安全管理员启用后再试。"),
    "broken_off": _("没有做完。请重新操作；仍不行，请联系系统管理员。"),
}
"""Of a whole file."""
ROW: dict[str, Promise] = {
    "line_unreadable": _("这一行不是一条完整的 JSON 记录。请对方改正后重发这一条。"),
    "line_encoding": _("这一行不是 UTF-8 编码（可能是 GBK）。请另存为 UTF-8 后重发这一条。"),
    "mojibake": _("文字是乱码（编码转换出错）。请按原文重新填写。"),
    "kind_unknown": _("记录种类“{value}”不认识，或不收这一种。可以收的是：{kinds}。"),
    "column_unknown": _("没有“{column}”这一项。请删去，或按格式说明改名。"),
    "missing": _("必填项没有填。请补上后重发这一条。"),
    "too_long": _("超过 {longest} 个字（现有 {found} 个）。请缩短后重发这一条。"),
    "unknown_value": _("“{value}”不在可选范围内。可以填：{choices}。"),
    "not_text": _("这一项要写文字。请改正后重发这一条。"),
    "date_wrong": _("日期不对。请写成 2026-11-20 这样的真实日期。"),
    "moment_wrong": _("时间不对。请写成 2026-11-20 09:30，或带时区的 ISO 8601 格式。"),
    "number_wrong": _("要写数字，例如 12000 或 12000.50。"),
    "lost_digits": _("长号码被表格当成数字，末几位已丢失。请把这一列设为文本，重新填写。"),
    "doubled": _("与第 {other} 行是同一条。请删去一条。"),
    "ref_reused": _("编号“{ref}”已收过，但内容不同，这一种记录不能用同一编号改写。请换新编号重发。"),
    "case_unknown": _("没有找到案号“{value}”。请核对案号，或先把这个案件发过来。"),
    "referral_unknown": _("没有文号为“{value}”的移送，或不归您办理。请核对文号，或由承办单位的人收入。"),
    "officer_unknown": _("没有账号或执法证号为“{value}”的在岗执法人员，或不止一人。请核对后重发。"),
    "unit_unknown": _("没有编码为“{value}”的单位。请核对后重发，或留空。"),
    "case_ambiguous": _("案号“{value}”对应不止一个案件。请先在“对接案件”里处理重号。"),
    "goods_missing": _("没有写商品。请写条码、产品或品牌。"),
    "county_missing": _("不知道在哪个县。请写六位县级区划代码。"),
    "photos_needed": _("要直接发出的，每件商品要有照片，或写明没有照片的原因。"),
    "parcel_unknown": _("我方没有发出过第 {value} 包。请核对包号。"),
    "kind_not_sent": _("我方那一包里没有“{value}”这一种记录。请核对后重发。"),
    "file_not_here": _("所附文件不在包里（SHA-256 {value}）。请对方把文件放进 attachments 目录重新打包。"),
    "refused": _("{why}"),
}
"""Of one row."""
NOTES: dict[str, Promise] = {
    "gap": _("包号不连续：缺第 {missing} 包。可能有包没有送到，请与对方核对。"),
    "clock_off": _("对方的时钟与本平台相差约 {minutes} 分钟。不影响收入，请提醒对方校时。"),
    "columns_unread": _("工作表“{sheet}”里有不认识的列，没有读：{columns}。"),
    "sheet_unread": _("工作表“{sheet}”不认识，没有读。"),
    "unsigned": _("这是人工填写的表格，没有签名，由上传人 {name} 负责。"),
}
"""To be known, and no reason to send anything back."""


def sentence(code: str, **data: Any) -> str:
    """A reason in words, in the language that is active now."""
    words = FILE.get(code) or ROW.get(code) or NOTES.get(code)
    if words is None:
        return code
    return Problem(words, **data).detail
