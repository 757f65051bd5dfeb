"""协作协议 as one party holds it.

What came by letter (answers, entries into force, departures) is kept as it came, also before the proposal it speaks
of; the states follow from these facts (`services.settling`), so that the order of arrival makes no difference.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Form(models.TextChoices):
    """How many, and why they are together."""

    PAIR = "pair", _("双边协议")
    GROUP = "group", _("区域协作组")
    THEME = "theme", _("专题协作网")


class Topic(models.TextChoices):
    """Which region or theme, where it is one of the known ones."""

    NONE = "", _("其他")
    JING_JIN_JI = "jing_jin_ji", _("京津冀")
    YANGTZE_DELTA = "yangtze_delta", _("长三角")
    PAN_PEARL_DELTA = "pan_pearl_delta", _("泛珠三角")
    YANGTZE_BELT = "yangtze_belt", _("长江经济带")
    SILK_ROAD_BELT = "silk_road_belt", _("丝绸之路经济带")
    ONLINE_TRADE = "online_trade", _("电商打假维权协作网")


class Visibility(models.TextChoices):
    """Who beside the members knows of it."""

    OPEN = "open", _("各省可见")
    OFFICE = "office", _("只告知省际协作办公室")
    MEMBERS = "members", _("只有成员知道")


class ScopeWord(models.TextChoices):
    """Kinds of letters that an agreement's terms can hold for."""

    CLUE_TRANSFER = "clue_transfer", _("线索移送")
    BULLETIN = "bulletin", _("线索通报")
    ASSISTANCE = "assistance", _("案件协查")
    CASE_TRANSFER = "case_transfer", _("案件移送")
    EVIDENCE_TRANSFER = "evidence_transfer", _("证据移转")
    NOTICE = "notice", _("通报")
    SUPPORT = "support", _("支持请求")
    JOINT_CASE = "joint_case", _("联合办案")


class RecognisedWord(models.TextChoices):
    """互认: what can be recognised."""

    VERDICT = "verdict", _("辨认结论")
    OPINION_LETTER = "opinion_letter", _("辨认意见书")
    TEST_REPORT = "test_report", _("检验报告")
    KNOWN_FAKE = "known_fake", _("识假库条目")


class Agreement(models.Model):
    """One agreement or group. The id is the same at every party; the row is this party's own.

    current: the revision that holds or held last. members: province codes, as this party may know them.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("征求同意")
        IN_FORCE = "in_force", _("生效")
        EXPIRED = "expired", _("到期")
        ENDED = "ended", _("终止")
        DROPPED = "dropped", _("未达成")

    MOVES = {
        "enter": ({State.PROPOSED, State.EXPIRED, State.ENDED, State.DROPPED}, State.IN_FORCE),
        "expire": ({State.IN_FORCE}, State.EXPIRED),
        "end": ({State.IN_FORCE, State.EXPIRED}, State.ENDED),
        "drop": ({State.PROPOSED}, State.DROPPED),
        "reopen": ({State.DROPPED}, State.PROPOSED),
    }
    VERBS = {
        "enter": _("生效"),
        "expire": _("到期"),
        "end": _("终止"),
        "drop": _("作罢"),
        "reopen": _("再次征求"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.CharField(_("类别"), max_length=10, choices=Form)
    topic = models.CharField(_("区域或专题"), max_length=20, choices=Topic, blank=True)
    title = models.CharField(_("名称"), max_length=120)
    visibility = models.CharField(_("公开范围"), max_length=10, choices=Visibility)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    current_id = models.UUIDField(null=True)
    members = models.JSONField(default=list)
    entered_at = models.DateTimeField(_("生效时间"), null=True)
    ended_why = models.CharField(_("终止原因"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("协作协议")
        indexes = [models.Index(fields=["state"], name="agreements_by_state")]

    def __str__(self) -> str:
        return self.title


class Revision(models.Model):
    """What was proposed, and asks for everybody's consent anew. proposer: who counts the consents."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("征求同意")
        IN_FORCE = "in_force", _("生效")
        SUPERSEDED = "superseded", _("已被取代")
        REFUSED = "refused", _("未获同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    MOVES = {
        "enter": ({State.PROPOSED}, State.IN_FORCE),
        "supersede": ({State.IN_FORCE}, State.SUPERSEDED),
        "refuse": ({State.PROPOSED}, State.REFUSED),
        "withdraw": ({State.PROPOSED}, State.WITHDRAWN),
    }
    VERBS = {
        "enter": _("生效"),
        "supersede": _("由新文本取代"),
        "refuse": _("不予同意"),
        "withdraw": _("撤回"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("第几稿"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PROPOSED)
    proposer = models.CharField(_("提出方"), max_length=31)
    title = models.CharField(_("名称"), max_length=120)
    parties = models.JSONField(_("各方"), default=list)
    quorum = models.PositiveSmallIntegerField(_("满几方同意即生效"), null=True)
    scope = models.JSONField(_("适用范围"), default=list)
    acceptance_days = models.PositiveSmallIntegerField(_("接收期限"))
    feedback_days = models.PositiveSmallIntegerField(_("反馈期限"))
    assistance_days = models.PositiveSmallIntegerField(_("协查期限"))
    direct = models.BooleanField(_("直接发函"))
    valid_from = models.DateField(_("有效期自"))
    valid_until = models.DateField(_("有效期至"))
    text = models.TextField(_("协议文本"), blank=True)
    papers = models.JSONField(default=list)
    reason = models.CharField(_("说明"), max_length=500, blank=True)
    proposed_by = models.CharField(_("提出人"), max_length=40)
    proposed_at = models.DateTimeField(_("提出时间"))
    entered_at = models.DateTimeField(_("生效时间"), null=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number", "id"]
        verbose_name = _("协议文本")

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def scope_names(self) -> list[Any]:
        """The kinds of letters in words."""
        return [ScopeWord(each).label for each in self.scope if each in ScopeWord.values]


class Recognition(models.Model):
    """互认 as a term: what, from whom (empty: every member), until when (empty: as long as the agreement)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="recognitions")
    what = models.CharField(_("互认内容"), max_length=20, choices=RecognisedWord)
    from_parties = models.JSONField(default=list)
    until = models.DateField(_("互认至"), null=True)
    conditions = models.CharField(_("条件"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class Answer(models.Model):
    """A party's word on a revision. Kept also when the revision has not arrived yet, so no foreign key."""

    class Word(models.TextChoices):
        CONSENTED = "consented", _("同意")
        REFUSED = "refused", _("不同意")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement_id = models.UUIDField(db_index=True)
    revision_id = models.UUIDField()
    party = models.CharField(max_length=31)
    word = models.CharField(max_length=10, choices=Word)
    why = models.CharField(max_length=500, blank=True)
    who = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["revision_id", "party"], name="agreements_one_answer")]


class Entry(models.Model):
    """The proposer's word that enough have consented, or that the revision is taken back (consented is empty)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement_id = models.UUIDField(db_index=True)
    revision_id = models.UUIDField(unique=True)
    by_party = models.CharField(max_length=31)
    consented = models.JSONField(default=list)
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()


class Departure(models.Model):
    """A party has left. One that comes back does so by consenting to a later revision."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement_id = models.UUIDField(db_index=True)
    party = models.CharField(max_length=31)
    why = models.CharField(max_length=500)
    who = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["agreement_id", "party", "at"], name="agreements_left_once")]
