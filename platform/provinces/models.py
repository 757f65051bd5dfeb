"""Provinces and their hosts. One row each in `public`; the province's own rows live in its schema."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from kernel import clock
from kernel.ids import uuid7


class Province(TenantMixin):  # type: ignore[misc] # untyped package
    """A provincial bureau (本省): its code is schema name, host name and part of its login's name.

    The common superior (总局) is one too, since its rows lie apart like everybody's, and so is the sandbox of
    integrators, which is made anew every night (reset_at); `kind` tells them from the others.
    """

    class State(models.TextChoices):
        PROVISIONING = "provisioning", _("开通中")
        ACTIVE = "active", _("运行中")
        SUSPENDED = "suspended", _("已暂停")

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("省级机关")
        SUPERIOR = "superior", _("共同上级")
        SANDBOX = "sandbox", _("沙箱")

    auto_create_schema = False
    auto_drop_schema = False

    division_code = models.CharField(_("行政区划代码"), max_length=6, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    bureau_title = models.CharField(_("机关全称"), max_length=80)
    agency_word = models.CharField(_("机关代字"), max_length=20)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.ORDINARY, db_default=Kind.ORDINARY)
    state = models.CharField(_("状态"), max_length=20, choices=State, default=State.PROVISIONING)
    schema_version = models.CharField(_("数据库版本"), max_length=64, blank=True)
    migrated_at = models.DateTimeField(_("升级时间"), null=True, blank=True)
    reset_at = models.DateTimeField(_("重置时间"), null=True, blank=True)
    suspended_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("开通时间"), auto_now_add=True)

    class Meta:
        ordering = ["division_code"]


class Domain(DomainMixin):  # type: ignore[misc] # untyped package
    """A host name that leads to one province."""


class DirectoryVersion(models.Model):
    """One row, counted up with every change of provinces or hosts; processes drop their cached directory on change."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)


class SchemaVersion(models.Model):
    """What one version of provinces' schemas holds: the names of its migrations, "app.0001_name".

    By it a process of another release knows what it lacks: see `provinces.versions`.
    """

    version = models.CharField(primary_key=True, max_length=64)
    names = models.JSONField(default=list)
    known_at = models.DateTimeField(auto_now_add=True)


class ClosedProvince(models.Model):
    """A province that was here and was removed (已撤除): its hosts answer that it is gone. Insert-only.

    hosts: the names it had. proof: digest of the manifest of its export, counts, what stayed in the object store.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("代码"), max_length=31)
    division_code = models.CharField(_("行政区划代码"), max_length=6)
    name = models.CharField(_("名称"), max_length=40)
    bureau_title = models.CharField(_("机关全称"), max_length=80)
    hosts = models.JSONField(default=list)
    opened_at = models.DateTimeField(_("开通时间"))
    closed_at = models.DateTimeField(_("撤除时间"), default=clock.now)
    by_names = models.JSONField(_("经办人"), default=list)
    proof = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("已撤除的省局")
        ordering = ["-closed_at"]


class LoginGeneration(models.Model):
    """One row: which generation of passwords the database logins have. Read and written by the owner alone."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    generation = models.PositiveIntegerField(default=0)
    rotated_at = models.DateTimeField(null=True)


class RemoteParty(models.Model):
    """A party whose rows lie in another installation (对方平台上的单位): letters to it go by the courier.

    party: as letters write it ("province:hn", "office", "organisation:<uuid>"). installation: whose, as the list of
    other installations names it. Read by everybody, kept by the office.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("可通函")
        SUSPENDED = "suspended", _("已暂停")

    party = models.CharField(_("单位"), primary_key=True, max_length=60)
    installation = models.CharField(_("所在平台"), max_length=120)
    title = models.CharField(_("机关全称"), max_length=120)
    division_code = models.CharField(_("行政区划代码"), max_length=6, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=State, default=State.SUSPENDED)

    class Meta:
        verbose_name = _("其他平台的单位")
        ordering = ["division_code", "party"]


class SharedSchema(models.Model):
    """Migration state of a schema that belongs to no province: `public`, and the template of new provinces.

    dump: SQL that makes the template's tables and rows anew, replayed when a province is provisioned.
    """

    name = models.CharField(primary_key=True, max_length=63)
    version = models.CharField(max_length=64)
    dump = models.TextField(blank=True)
    migrated_at = models.DateTimeField(auto_now=True)
