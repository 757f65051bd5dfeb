"""The six people a newcomer may be with one tap, and a colleague for what takes two. Demonstration mode only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from runtime.sample import cast


@dataclass(frozen=True)
class Persona:
    """One of the doors. host: first label of the host name. landing: the page they begin on. step: of the guide.

    front: stands at the front door; others are entered by their address, `/as/CODE/`, on a second phone.
    """

    code: str
    username: str
    host: str
    icon: str
    what: Any
    does: Any
    landing: str
    step: int
    front: bool = True

    @property
    def person(self) -> Any:
        """The person of the story."""
        people: dict[str, Any] = {**cast.OFFICERS, **cast.STAFF, **cast.SUPERIOR_STAFF}
        return people[self.username]

    def account(self) -> User | None:
        """The account at the host that is being worked for. None: not seeded, or suspended."""
        return User.objects.filter(username=self.username, is_active=True).first()

    @property
    def where(self) -> str:
        """Unit or enterprise, as the story names it."""
        row = self.person
        if self.username in cast.SUPERIOR_STAFF:
            return cast.SUPERIOR.title
        if hasattr(row, "unit"):
            return cast.UNITS[row.unit].title
        return str(_("省际协作办公室")) if row.party == cast.OFFICE else cast.PARTIES[row.party].name_zh

    @property
    def origin(self) -> str:
        """Scheme, host and port of the persona's pages."""
        return f"{settings.SCHEME}://{self.host}.{settings.DOMAIN}"


PERSONAS: dict[str, Persona] = {
    row.code: row
    for row in (
        Persona("officer", "chen", "gx", "camera", _("执法人员"), _("拍照，问真假"), "/", 1),
        Persona("appraiser", "lin", "brands", "check-seal", _("鉴定人员"), _("比对真品，给结论"), "/", 5),
        Persona("office", "zhao", "federation", "people", _("协作管理员"), _("审核入驻，看往来"), "/", 0),
        Persona("colleague", "ning", "gx", "people", _("同行的执法人员"), _("一起清点"), "/inspections/", 0, False),
        Persona("dispatcher", "meng", "gx", "list", _("线索管理员"), _("收线索，分派到所和大队"), "/clues/", 0),
        Persona("leader", "wei", "gx", "home", _("局领导"), _("看今天，看谁超时"), "/leader/", 8),
        Persona("keeper", "huang", "gx", "gear", _("系统管理员"), _("建对接"), "/connections/", 0, False),
        Persona("guard", "qin", "gx", "lock", _("安全管理员"), _("启用对接"), "/connections/", 0, False),
        Persona("auditor", "jing", "gx", "search", _("审计管理员"), _("查谁看过什么"), "/audit/", 0, False),
        Persona("superior", "guo", "samr", "scales", _("总局"), _("定管辖，挂牌督办"), "/", 0),
    )
}
