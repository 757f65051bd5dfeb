"""A directory of people in the sample story: what it keeps, two removals held back, one person nobody could match."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import Post, User
from connections.models import Connection
from scim.models import Directory, KnownPerson, Mismatch, Removal

WORDS = ("人员同步", "people sync")
NAME = "广西统一身份目录"


def fill(stage: Any) -> None:
    """Make it where it is missing."""
    with stage.enter("gx"):
        if Connection.objects.filter(kind=Connection.Kind.DIRECTORY).exists():
            return
        officers = list(User.people.filter(posts__role=Post.Role.OFFICER).order_by("username"))
        if not officers:
            return
        connection = Connection.objects.create(
            seat="gx", kind=Connection.Kind.DIRECTORY, name=NAME, state=Connection.State.ON, contact="信息中心 零工"
        )
        seen = stage.now - timedelta(minutes=7)
        Directory.objects.create(
            connection_id=connection.pk,
            last_seen_at=seen,
            last_change_at=seen,
            last_failure_at=seen,
            last_failure={
                "code": "unit_unknown",
                "what": "POST /scim/v2/Users",
                "detail": "没有编码为 gx-bs 的在用单位，此人没有写入。",
            },
            calls=412,
            failures=9,
        )
        KnownPerson.objects.bulk_create(
            KnownPerson(connection_id=connection.pk, user=person, external_id=f"gx-{number:05d}", changed_at=seen)
            for number, person in enumerate(officers, start=1)
        )
        for person in officers[-2:]:
            Removal.objects.create(
                connection_id=connection.pk,
                user=person,
                kind=Removal.Kind.SUSPEND,
                state=Removal.State.HELD,
                asked_at=seen,
            )
        Mismatch.objects.create(
            connection_id=connection.pk,
            code="name_differs",
            key="gx-00977",
            name="周某",
            data={"people": [f"{officers[0].name}（{officers[0].username}）"]},
            about=[str(officers[0].pk)],
            first_at=seen - timedelta(days=1),
            last_at=seen,
            times=3,
        )


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)
