"""One picture to ask for, as a brand writes it."""

from __future__ import annotations

from dataclasses import dataclass

from appraisal.catalogue.models import Shot


@dataclass(frozen=True, kw_only=True)
class ShotSpec:
    """One picture to ask for. overlay: of `overlays.NAMES`. sample: digest of a ShotSample, or ""."""

    code: str
    name: str
    hint: str = ""
    required: bool = True
    in_quick_set: bool = False
    overlay: str = ""
    sample: str = ""

    @classmethod
    def of(cls, row: Shot) -> ShotSpec:
        """A published shot as it would be written again."""
        return cls(
            code=row.code,
            name=row.name,
            hint=row.hint,
            required=row.required,
            in_quick_set=row.in_quick_set,
            overlay=row.overlay,
            sample=row.sample_id or "",
        )
