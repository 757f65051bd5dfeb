"""Whose is it: what was laid down about competence, what the desks' choices suggest, and the bureau's own terms."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from tenants.clues.models.clue import Clue


class Competence(models.Model):
    """One rule: a place and a matter go to a unit, and there to a person if one is named.

    The place is a division (six digits), a township (nine), a development zone by name, or all that lies under a unit.
    What no rule says follows from the tree of units. The narrower place wins, then the named matter, then the newer.
    """

    class Matter(models.TextChoices):
        ALL = "all", _("全部事项")
        ONLINE = "online", _("线上渠道")
        COUNTERFEIT_TRADEMARK = "counterfeit_trademark", Clue.Violation.COUNTERFEIT_TRADEMARK.label
        FAKE_SHODDY = "fake_shoddy", Clue.Violation.FAKE_SHODDY.label
        INFRINGED_PATENT = "infringed_patent", Clue.Violation.INFRINGED_PATENT.label
        UNFAIR_COMPETITION = "unfair_competition", Clue.Violation.UNFAIR_COMPETITION.label
        FALSE_ADVERTISING = "false_advertising", Clue.Violation.FALSE_ADVERTISING.label
        NO_LICENCE = "no_licence", Clue.Violation.NO_LICENCE.label
        FOOD_SAFETY = "food_safety", Clue.Violation.FOOD_SAFETY.label
        OTHER = "other", Clue.Violation.OTHER.label

    class Basis(models.TextChoices):
        LAID_DOWN = "laid_down", _("人工设定")
        MENDED = "mended", _("核对时补设")
        LEARNED = "learned", _("按分派习惯采纳")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    division_code = models.CharField(_("区划代码"), max_length=9, blank=True)
    zone = models.CharField(_("开发区"), max_length=40, blank=True)
    under = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("辖区单位")
    )
    matter = models.CharField(_("事项"), max_length=24, choices=Matter, default=Matter.ALL)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    officer = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    basis = models.CharField(_("来由"), max_length=10, choices=Basis, default=Basis.LAID_DOWN)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    valid_from = models.DateField(_("生效日期"), default=clock.today)
    valid_until = models.DateField(_("失效日期"), null=True, blank=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["division_code", "zone", "matter", "id"]
        indexes = [
            models.Index(fields=["division_code"], name="competence_division"),
            models.Index(fields=["zone"], condition=~models.Q(zone=""), name="competence_zone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(zone="", under=None) & ~models.Q(division_code="")
                    | models.Q(division_code="", under=None) & ~models.Q(zone="")
                    | models.Q(division_code="", zone="", under__isnull=False)
                ),
                name="competence_one_place",
            ),
        ]


class CompetenceSuggestion(models.Model):
    """The desks chose another unit than proposed, several times, for the same place and matter: a rule somebody may adopt.

    dispatches: the ids it was drawn from. Never takes effect by itself.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        ACCEPTED = "accepted", _("已采纳")
        REFUSED = "refused", _("未采纳")

    MOVES = {"accept": ({State.PROPOSED}, State.ACCEPTED), "refuse": ({State.PROPOSED}, State.REFUSED)}
    VERBS = {"accept": _("采纳"), "refuse": _("不采纳")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    division_code = models.CharField(_("区划代码"), max_length=9)
    matter = models.CharField(_("事项"), max_length=24, choices=Competence.Matter)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    dispatches = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    rule = models.ForeignKey(Competence, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "matter"],
                condition=models.Q(state="proposed"),
                name="competence_suggestion_one_open",
            )
        ]


class ClueTerms(models.Model):
    """What a bureau sets for itself: one row, made when somebody first changes it. Working days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    sign_days = models.PositiveSmallIntegerField(_("签收期限（工作日）"), default=1)
    assess_days = models.PositiveSmallIntegerField(_("研判期限（工作日）"), default=3)
    dispute_days = models.PositiveSmallIntegerField(_("争议协商期限（工作日）"), default=7)
    learn_after = models.PositiveSmallIntegerField(_("几次不按建议分派后提示"), default=3)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="clue_terms_one_row")]
