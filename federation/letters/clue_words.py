"""Words of what clue letters say: both sides of the border name the same things the same way."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SubjectKind(models.TextChoices):
    """Whom a clue is about."""

    SHOP = "shop", _("店铺")
    ENTERPRISE = "enterprise", _("企业")
    PERSON = "person", _("个人")
    ONLINE_ACCOUNT = "online_account", _("网店或账号")
    UNKNOWN = "unknown", _("不详")


class PlaceRole(models.TextChoices):
    """What the place of a clue is to its subject."""

    SHOP = "shop", _("经营地")
    SENDER = "sender", _("发货地")
    LICENCE = "licence", _("注册地")


class Channel(models.TextChoices):
    """Where the goods are offered."""

    OFFLINE = "offline", _("线下")
    ONLINE = "online", _("线上")
    BOTH = "both", _("线上线下")


class ChainStage(models.TextChoices):
    """Which stage of the trade."""

    MAKE = "make", _("生产")
    PACK = "pack", _("包装")
    STORE = "store", _("仓储")
    TRANSPORT = "transport", _("运输")
    WHOLESALE = "wholesale", _("批发")
    RETAIL = "retail", _("零售")
    ONLINE = "online", _("网络销售")


class Violation(models.TextChoices):
    """What is suspected."""

    COUNTERFEIT_TRADEMARK = "counterfeit_trademark", _("侵犯注册商标专用权")
    FAKE_SHODDY = "fake_shoddy", _("假冒伪劣产品")
    INFRINGED_PATENT = "infringed_patent", _("假冒专利")
    UNFAIR_COMPETITION = "unfair_competition", _("混淆等不正当竞争")
    FALSE_ADVERTISING = "false_advertising", _("虚假宣传")
    NO_LICENCE = "no_licence", _("无照无证经营")
    FOOD_SAFETY = "food_safety", _("食品安全")
    OTHER = "other", _("其他")
