"""What goes wrong at the border. Each refuses; none falls back to another login."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import Problem, Words


class BorderError(Exception):
    """Base of all refusals at the border."""


class NoSeat(BorderError):
    """A query was tried by a thread that works for nobody."""


class BorderCrossing(BorderError):
    """A change of province inside a transaction, or an object of one province used in another."""


class PoolExhausted(BorderError):
    """No connection came free in time; the caller may try again."""


class NotServed(Problem):
    """The province of this host is not served now. English stands beside the Chinese: no language is known here."""

    code = "province_not_served"
    status = 503
    title = _("暂不能访问")
    english: ClassVar[str] = ""
    heading: Words = ""

    @classmethod
    def of(cls, state: str, title: str) -> NotServed:
        """The error of a province in that state."""
        kind = {"upgrading": Upgrading, "suspended": Suspended, "closed": Gone}.get(state, NotYet)
        return kind(province=title)


class Upgrading(NotServed):
    """Its schema lacks what this release needs."""

    code = "province_upgrading"
    heading = _("升级中")
    sentence = _("{province}正在升级，数据完好。请几分钟后再试；已拍的照片留在手机上，升级后自动上传。")
    english = "This province is being upgraded; no data is lost. Please try again in a few minutes."


class Suspended(NotServed):
    """Suspended by the operator."""

    code = "province_suspended"
    heading = _("已暂停使用")
    sentence = _("{province}已暂停使用本平台，数据完好。需要恢复，请联系本单位管理员或平台运维。")
    english = "This province is suspended; its data is kept. Ask its administrator or the operator."


class NotYet(NotServed):
    """Its schema is there, its first people are not."""

    code = "province_not_open"
    heading = _("正在开通")
    sentence = _("{province}正在开通，还不能登录。请稍后再试。")
    english = "This province is being set up. Please try again later."


class Gone(NotServed):
    """Removed, after its data was handed over."""

    code = "province_closed"
    status = 410
    heading = _("已撤出本平台")
    sentence = _("{province}已撤出本平台，数据已移交该单位。需要以前的材料，请向该单位索取。")
    english = "This province has left the platform and took its data with it. Ask the authority itself."
