"""协作部门: police, procuratorate, court and departments, kept by hand; they are written to on paper."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Partner(models.Model):
    """One organisation outside market regulation that is written to. A closed one stays for the letters it has."""

    class Kind(models.TextChoices):
        POLICE = "police", _("公安")
        PROCURATORATE = "procuratorate", _("检察")
        COURT = "court", _("法院")
        AGRICULTURE = "agriculture", _("农业农村")
        CULTURE = "culture", _("文化旅游")
        HEALTH = "health", _("卫生健康")
        FORESTRY = "forestry", _("林业")
        CUSTOMS = "customs", _("海关")
        IP = "ip", _("知识产权")
        CYBERSPACE = "cyberspace", _("网信")
        INDUSTRY = "industry", _("工业和信息化")
        POST = "post", _("邮政管理")
        ECOLOGY = "ecology", _("生态环境")
        JUSTICE = "justice", _("司法行政")
        TAX = "tax", _("税务")
        DEVELOPMENT = "development", _("发展改革")
        CENTRAL_BANK = "central_bank", _("人民银行")
        DATA = "data", _("数据管理")
        STATE_ASSETS = "state_assets", _("国资监管")
        COMMERCE = "commerce", _("商务")
        PUBLICITY = "publicity", _("宣传")
        TOBACCO = "tobacco", _("烟草专卖")
        LABORATORY = "laboratory", _("检验检测机构")
        OTHER = "other", _("其他")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind)
    name = models.CharField(_("名称"), max_length=80)
    division_code = models.CharField(_("区划代码"), max_length=6, blank=True)
    address = models.CharField(_("通信地址"), max_length=200, blank=True)
    postcode = models.CharField(_("邮编"), max_length=6, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="partner_name_once")]

    def __str__(self) -> str:
        return self.name
