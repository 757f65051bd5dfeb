"""Products and references are the brands' published knowledge."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("品牌的产品资料，不含案件内容，由品牌自己停用和更新。")
KEPT = {
    f"catalogue.{name}": _WHY
    for name in (
        "Category",
        "Brand",
        "Product",
        "Barcode",
        "ShotList",
        "ShotSample",
        "Shot",
        "ProductDraft",
        "Checkpoint",
        "SecretCheckpoint",
        "ReferenceImage",
        "ReferenceView",
    )
}
