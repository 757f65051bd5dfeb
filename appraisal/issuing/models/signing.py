"""How an organisation issues letters, and the certificates its people sign with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class IssuingSettings(models.Model):
    """One organisation's rules. number_word: what its numbers begin with; no two organisations have the same."""

    organisation = models.OneToOneField(
        "parties.Organisation", models.CASCADE, primary_key=True, related_name="issuing_settings"
    )
    number_word = models.CharField(_("编号代字"), max_length=20, unique=True)
    needs_legal = models.BooleanField(_("须经法务审核"), default=False)
    needs_seal = models.BooleanField(_("须经用印批准"), default=False)
    address = models.CharField(_("单位住所"), max_length=200, blank=True)
    updated_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number_word"]


class SigningCertificate(models.Model):
    """A person's certificate for signing in the name of a company. sealed: PKCS#12 and passphrase, encrypted.

    organisation: the company that the certificate names (the holder itself, or the agent who signs for it).
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("在用")
        RETIRED = "retired", _("已停用")

    MOVES = {"retire": ({State.ACTIVE}, State.RETIRED)}
    VERBS = {"retire": _("停用")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE)
    subject = models.CharField(_("证书持有人"), max_length=300)
    company = models.CharField(_("证书单位"), max_length=120, blank=True)
    serial = models.CharField(_("证书序列号"), max_length=60)
    issued_by = models.CharField(_("颁发机构"), max_length=300)
    valid_from = models.DateTimeField(_("生效"))
    valid_until = models.DateTimeField(_("到期"))
    is_demo = models.BooleanField(_("演示证书"), default=False)
    sealed = models.BinaryField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=models.Q(state="active"),
                name="signing_certificate_one_in_use",
            )
        ]
