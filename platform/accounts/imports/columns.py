"""Which column is which: Chinese or English headers, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput
from kernel.text import squeeze

LABELS: dict[str, Promise] = {
    "name": _("姓名"),
    "username": _("账号"),
    "phone": _("手机号"),
    "officer_cert_no": _("执法证号"),
    "officer_cert_until": _("证件有效期"),
    "unit_code": _("单位编码"),
    "unit_name": _("单位名称"),
    "parent_code": _("上级单位编码"),
    "unit_kind": _("单位类别"),
    "division_code": _("行政区划代码"),
    "roles": _("角色"),
    "section_type": _("股室类型"),
}
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "name", "full_name"),
    "username": ("账号", "帐号", "用户名", "username", "account"),
    "phone": ("手机号", "手机", "手机号码", "联系电话", "phone", "mobile"),
    "officer_cert_no": ("执法证号", "执法证编号", "officer_cert_no", "certificate_no"),
    "officer_cert_until": ("证件有效期", "执法证有效期", "有效期至", "officer_cert_until", "valid_until"),
    "unit_code": ("单位编码", "机构编码", "unit_code"),
    "unit_name": ("单位名称", "机构名称", "unit_name"),
    "parent_code": ("上级单位编码", "上级编码", "parent_code", "parent_unit_code"),
    "unit_kind": ("单位类别", "机构类别", "unit_kind", "kind"),
    "division_code": ("行政区划代码", "区划代码", "division_code"),
    "roles": ("角色", "岗位", "roles", "role"),
    "section_type": ("股室类型", "section_type"),
}
_BY_HEADER = {header.replace("_", ""): field for field, headers in HEADERS.items() for header in headers}


@dataclass(frozen=True, slots=True)
class Matched:
    """columns: field to position. unknown: headers that mean nothing to us and are passed over."""

    columns: dict[str, int]
    unknown: list[str]


def match(header: Sequence[str]) -> Matched:
    """Match a header row. Raises BadInput `headers_unknown` when units cannot be told apart or a column comes twice."""
    columns: dict[str, int] = {}
    unknown = []
    for position, title in enumerate(header):
        wanted = squeeze(title).lower().replace("_", "").replace("-", "")
        if not wanted:
            continue
        field = _BY_HEADER.get(wanted)
        if field is None:
            unknown.append(title.strip())
        elif field in columns:
            raise BadInput(
                _("“{column}”这一列出现了两次。请删去多余的一列再上传。"), code="column_doubled", column=title.strip()
            )
        else:
            columns[field] = position
    people = "name" in columns and ("officer_cert_no" in columns or "username" in columns)
    units = "unit_name" in columns and "unit_kind" in columns
    if "unit_code" not in columns or not (people or units):
        raise BadInput(
            _("第一行不是认得的表头。至少要有“单位编码”，以及“姓名”和“执法证号”（或“账号”）。请对照模板改正。"),
            code="headers_unknown",
        )
    return Matched(columns, unknown)
