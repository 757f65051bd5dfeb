"""The doors of the catalogue."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue.models import Checkpoint, Product, SecretCheckpoint, Shot, ShotList
from kernel.errors import Conflict, NotFound404


def product(product_id: UUID) -> Product:
    """One product with brand and category, retired ones too: an old request still names it. Raises NotFound404."""
    found = Product.objects.select_related("brand", "category", "organisation").filter(pk=product_id).first()
    if found is None:
        raise NotFound404()
    return found


# Shot lists ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShotView:
    """One picture to take. Addresses are paths on any host of the installation; "" where there is none."""

    code: str
    name: str
    hint: str
    required: bool
    in_quick_set: bool
    overlay_url: str
    sample_url: str


@dataclass(frozen=True)
class ShotListView:
    """A shot list in one version, as it is kept with a request."""

    product_id: UUID
    version: int
    shots: tuple[ShotView, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """The shots as plain JSON, in order."""
        return [asdict(shot) for shot in self.shots]


def shot_list(product_id: UUID, version: int | None = None) -> ShotListView:
    """The shot list in force, or an earlier version. Raises NotFound404, or Conflict when none was published yet."""
    rows = ShotList.objects.filter(product_id=product_id)
    found = (rows.filter(version=version) if version else rows).order_by("-version").first()
    if found is None:
        if version is None and Product.objects.filter(pk=product_id).exists():
            raise Conflict(_("这个产品还没有发布拍照模板，暂不能申请。请联系品牌企业。"), code="shot_list_missing")
        raise NotFound404()
    return ShotListView(product_id, found.version, tuple(_view(shot) for shot in found.shots.all()))


def _view(shot: Shot) -> ShotView:
    return ShotView(
        code=shot.code,
        name=shot.name,
        hint=shot.hint,
        required=shot.required,
        in_quick_set=shot.in_quick_set,
        overlay_url=overlay_url(shot.overlay),
        sample_url=sample_url(shot.sample_id),
    )


def overlay_url(name: str) -> str:
    """Address of an outline drawing. Without a content hash: it is kept with requests for years."""
    return f"{settings.STATIC_URL}catalogue/overlays/{name}.svg" if name else ""


def sample_url(sha256: str | None) -> str:
    """Address of a sample picture by its digest, on this host."""
    return f"/catalogue/samples/{sha256}.jpg" if sha256 else ""


# What appraisers look at --------------------------------------------------------------------------------------------


def checkpoints(product_id: UUID, *, with_ended: bool = False) -> list[Checkpoint | SecretCheckpoint]:
    """Checkpoints of a product in order, secret ones among them (`is_secret`). Only on the brands host."""
    found: list[Checkpoint | SecretCheckpoint] = []
    for model in (Checkpoint, SecretCheckpoint):
        rows = model.objects.filter(product_id=product_id)
        found.extend(rows if with_ended else rows.filter(is_active=True))
    return sorted(found, key=lambda each: (each.position, str(each.pk)))
