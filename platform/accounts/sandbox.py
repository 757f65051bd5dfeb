"""Units and people of the sandbox. Found by name, see `runtime.sandbox`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import Post, Unit, User
from kernel import clock

UNITS = (
    ("sb-0", "", Unit.Kind.PROVINCIAL_BUREAU, "沙箱省局（联调用）", "450000"),
    ("sb-1", "sb-0", Unit.Kind.MUNICIPAL_BUREAU, "沙箱市局（联调用）", "450100"),
    ("sb-2", "sb-1", Unit.Kind.COUNTY_BUREAU, "沙箱区局（联调用）", "450103"),
    ("sb-3", "sb-2", Unit.Kind.SUPERVISION_STATION, "沙箱一所（联调用）", "450103"),
)
PEOPLE = (
    ("sb-chen", "沙执法", "沙队长", "sb-2", (Post.Role.OFFICER,)),
    ("sb-ning", "沙小二", "小沙", "sb-2", (Post.Role.OFFICER,)),
    ("sb-tan", "沙所长", "沙所长", "sb-3", (Post.Role.OFFICER,)),
    ("sb-meng", "沙受理", "沙科", "sb-0", (Post.Role.DISPATCHER,)),
    ("sb-wei", "沙领导", "沙处", "sb-0", (Post.Role.LEADER,)),
    ("sb-huang", "沙系统", "沙管理员", "sb-0", (Post.Role.BUREAU_ADMIN,)),
    ("sb-lan", "沙安全", "沙安全员", "sb-0", (Post.Role.SECURITY_ADMIN,)),
    ("sb-audit", "沙审计", "沙审计员", "sb-0", (Post.Role.AUDIT_ADMIN,)),
)


def fill(stage: Any) -> None:
    """Four units, and one person of every role: nobody of them is real. Leaves `stage.made["people"]`."""
    with stage.enter(stage.code):
        units: dict[str, Unit] = {}
        for code, parent, kind, name, division in UNITS:
            units[code] = Unit.objects.create(
                code=code,
                name=name,
                kind=kind,
                parent=units.get(parent),
                division_code=division,
                agency_word="沙箱" if not parent else "",
            )
        stage.made["units"] = units
        for number, (username, name, title, unit, roles) in enumerate(PEOPLE, start=1):
            is_officer = Post.Role.OFFICER in roles
            person = User.objects.create_user(
                username,
                name=name,
                title=title,
                phone=f"+8619900009{number:03d}",
                phone_verified=True,
                officer_cert_no=f"沙箱{number:06d}" if is_officer else None,
                officer_cert_until=(clock.now() + timedelta(days=700)).date() if is_officer else None,
                unit=units[unit],
            )
            Post.objects.bulk_create(Post(user=person, unit=units[unit], role=role) for role in roles)
            stage.made.setdefault("people", {})[username] = person.pk


def invented(username: str) -> User | None:
    """One of the sandbox's people, to be signed in without a password; None for anybody else."""
    if username not in {row[0] for row in PEOPLE}:
        return None
    return User.people.filter(username=username, is_active=True).first()
