"""Who can send and receive letters: a province, an organisation, the federation office."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from provinces.seats import BRANDS, OFFICE, Seat, province_seat

Kind = Literal["province", "organisation", "office"]


class Address(BaseModel):
    """One party. Written as "province:gx", "organisation:<uuid>" or "office"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    name: str

    @classmethod
    def province(cls, code: str) -> Address:
        """A province by its code."""
        return cls(kind="province", name=province_seat(code).name)

    @classmethod
    def organisation(cls, organisation_id: UUID) -> Address:
        """A brand enterprise, association or agency by its id."""
        return cls(kind="organisation", name=str(organisation_id))

    @classmethod
    def office(cls) -> Address:
        """The federation office."""
        return cls(kind="office", name="office")

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read the written form back. Raises ValueError for anything else."""
        kind, _, name = text.partition(":")
        if text == "office":
            return cls.office()
        if kind == "province":
            return cls.province(name)
        if kind == "organisation":
            return cls.organisation(UUID(name))
        raise ValueError(f"not an address: {text!r}")

    @property
    def seat(self) -> Seat:
        """Whose login reads this party's letters. All organisations share the brands host's."""
        if self.kind == "province":
            return province_seat(self.name)
        return BRANDS if self.kind == "organisation" else OFFICE

    @property
    def organisation_id(self) -> UUID:
        """Raises ValueError when the party is no organisation."""
        if self.kind != "organisation":
            raise ValueError(f"{self} is no organisation")
        return UUID(self.name)

    def __str__(self) -> str:
        return self.kind if self.kind == "office" else f"{self.kind}:{self.name}"
