"""Files that went out and came in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_OWN = _("对接的设置、密钥和已收记录的编号。")
KINDS = [
    Kind(
        code="parcels",
        title=_("数据文件（发出）"),
        model="parcels.Parcel",
        date_of="expires_at",
        default_days=7,
        own_task="parcels.sweep",
        parts=("parcels.ParcelReceipt",),
    ),
    Kind(
        code="parcel_reports",
        title=_("数据文件（收到）"),
        model="parcels.Report",
        date_of="brought_at",
        parts=("parcels.ReportRow",),
    ),
]
KEPT = {f"parcels.{name}": _OWN for name in ("ParcelSetting", "PartnerKey", "Counter", "TakenRecord")}
