"""Exhibits and what was written about them. `OF_MATTERS`: what any matter that goes takes along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind, Link, Subject

OF_MATTERS = (
    "evidence.ExhibitUse",
    "evidence.Sheet",
    "evidence.SheetFile",
    "evidence.Carton",
    "evidence.CartonWaybill",
    "evidence.Package",
    "evidence.PackageItem",
)
KINDS = [
    Kind(
        code="exhibits",
        title=_("没有归入任何事项的证据"),
        model="evidence.Exhibit",
        date_of="received_at",
        parts=("evidence.CustodyEvent", "evidence.ExhibitUse", "evidence.Redaction", "evidence.Withdrawal"),
        is_case=True,
        note=_("原件、查看副本和缩略图一起清理。归入申请、检查或案件的，随它们一起。"),
    ),
    Kind(
        code="sheets",
        title=_("单据和笔录"),
        model="evidence.Sheet",
        date_of="opened_at",
        parts=("evidence.SheetFile",),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
    Kind(
        code="cartons",
        title=_("箱件登记"),
        model="evidence.Carton",
        date_of="at",
        parts=("evidence.CartonWaybill",),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
    Kind(
        code="packages",
        title=_("证据包"),
        model="evidence.Package",
        date_of="sealed_at",
        parts=("evidence.PackageItem",),
        is_case=True,
    ),
    Kind(code="transfers", title=_("证据移交"), model="evidence.Transfer", date_of="checked_at", is_case=True),
    Kind(code="quarantined", title=_("待认领的照片"), model="evidence.Quarantined", date_of="received_at"),
    Kind(
        code="uploads",
        title=_("没有传完的文件"),
        model="evidence.Upload",
        date_of="expires_at",
        default_days=0,
        own_task="evidence.sweep",
    ),
    Kind(
        code="upload_keys",
        title=_("上传的重复核对"),
        model="evidence.UploadKey",
        date_of="at",
        default_days=30,
        own_task="evidence.sweep",
    ),
]
KEPT = {"evidence.UploadIncident": _("证明收到过与封存不符的文件，只有摘要，没有内容。")}
LINKS = [Link(label, "matter_id") for label in OF_MATTERS if label.endswith(("Use", "Sheet", "Carton", "Package"))]


def _exhibit(by: Any, record_id: UUID) -> tuple[str, str] | None:
    from django.conf import settings
    from django.urls import reverse

    from evidence.selectors import access_exhibit
    from kernel.errors import NotFound404
    from provinces.context import required

    try:
        row = access_exhibit(by, record_id)
    except NotFound404:
        return None
    urlconf = settings.URLCONFS[required().kind]
    return f"{row.get_kind_display()} {str(row.pk)[-12:]}", reverse("exhibits:detail", args=[row.pk], urlconf=urlconf)


SUBJECTS = [Subject(kind="exhibit", title=_("证据"), model="evidence.Exhibit", find=_exhibit)]
