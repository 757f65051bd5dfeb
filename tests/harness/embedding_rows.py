"""A matter with a photo by reference, and a launch key, for the world of the doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from connections.models import Connection
from kernel.ids import uuid7
from provinces import context
from tenants.embedding.models import LaunchKey, Matter, MatterLink, MatterPhoto


def fill(code: str, connection_id: UUID) -> dict[str, Any]:
    """Commits, in one province."""
    with context.province(code):
        chen = User.objects.get(username="chen")
        connection = Connection.objects.get(pk=connection_id)
        matter = Matter.objects.create(
            connection_id=connection.pk, connection_name=connection.name, case_number="某号", title="某案",
            officer=chen, unit=chen.unit, party={"name": "某店"}, county_code="450103",
        )  # fmt: skip
        photo = MatterPhoto.objects.create(
            matter=matter, url="https://cases.invalid/1", sha256="0" * 64, name="某照片", by=chen, state="failed"
        )
        MatterLink.objects.create(matter=matter, kind="request", object_id=uuid7())
        key = LaunchKey.objects.create(
            connection_id=connection.pk, kid="k1", alg="EdDSA", public_key="", fingerprint="0" * 64
        )
    return {"embedded_matter_id": matter.pk, "matter_photo_id": photo.pk, "launch_key_id": key.pk}
