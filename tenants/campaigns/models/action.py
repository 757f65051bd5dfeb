"""统一行动: several targets at the same hour, and what came of each.

What of a target is hidden, and from whom, is not said here but by one door, `campaigns.veil`.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class JointAction(models.Model):
    """One action. Each province has its own row of it: the one that leads, and each that was invited by letter.

    hour: counts how often the zero hour was set; marks of an earlier hour do not count. revision: of the plan that
    left for others, or came. origin: the leading province's address, empty for one's own; its id there is `origin_id`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("策划中")
        ANNOUNCED = "announced", _("已部署")
        UNDERWAY = "underway", _("行动中")
        CLOSED = "closed", _("已结束")
        CALLED_OFF = "called_off", _("已取消")

    class OpensTo(models.TextChoices):
        PLANNERS = "planners", _("零时前仅策划人员可见")
        LEADERS = "leaders", _("零时前局领导以上可见")
        UNIT_HEADS = "unit_heads", _("零时前承办单位负责人以上可见")
        OFFICERS = "officers", _("零时前参战人员以上可见")
        ALL = "all", _("不隐藏")

    class Answer(models.TextChoices):
        NONE = "", ""
        WAITING = "waiting", _("待答复")
        ACCEPTED = "accepted", _("参加")
        DECLINED = "declined", _("不参加")

    MOVES = {
        "announce": ({State.DRAFT}, State.ANNOUNCED),
        "begin": ({State.ANNOUNCED}, State.UNDERWAY),
        "move_hour": ({State.ANNOUNCED}, State.ANNOUNCED),
        "call_off": ({State.DRAFT, State.ANNOUNCED}, State.CALLED_OFF),
        "close": ({State.ANNOUNCED, State.UNDERWAY}, State.CLOSED),
    }
    VERBS = {
        "announce": _("部署"),
        "begin": _("开始"),
        "move_hour": _("改零时"),
        "call_off": _("取消行动"),
        "close": _("结束行动"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    name = models.CharField(_("行动名称"), max_length=120)
    code_name = models.CharField(_("代号"), max_length=40)
    lead_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("牵头单位"))
    planned_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    planned_at = models.DateTimeField(default=clock.now)
    zero_hour = models.DateTimeField(_("零时"))
    hour = models.PositiveSmallIntegerField(default=1)
    opens_to = models.CharField(_("保密"), max_length=12, choices=OpensTo, default=OpensTo.OFFICERS)
    plan_words = models.TextField(_("方案"), max_length=4000, blank=True)
    revision = models.PositiveIntegerField(default=0)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("专项行动")
    )
    told_open_at = models.DateTimeField(null=True, blank=True, help_text="when it was told that the hour had come")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    closing_words = models.CharField(_("行动总结"), max_length=2000, blank=True)

    origin = models.CharField(max_length=80, blank=True)
    origin_id = models.UUIDField(null=True, blank=True)
    origin_name = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    document_no = models.CharField(_("来函文号"), max_length=80, blank=True)
    letter_id = models.UUIDField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default="")
    answer_due_at = models.DateTimeField(null=True, blank=True)
    answer_words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-zero_hour", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "origin_id"], condition=~models.Q(origin=""), name="joint_action_from_once"
            )
        ]

    def __str__(self) -> str:
        return self.code_name


class JointPlanner(models.Model):
    """Somebody who plans beside the first planner: sees and changes everything."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.ForeignKey(JointAction, models.CASCADE, related_name="planners")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "person"], name="joint_planner_once")]


class JointProvince(models.Model):
    """Another province that was invited, as the leading one sees it."""

    class State(models.TextChoices):
        NAMED = "named", _("待发函")
        INVITED = "invited", _("已发函，待答复")
        ACCEPTED = "accepted", _("参加")
        DECLINED = "declined", _("不参加")

    MOVES = {
        "invite": ({State.NAMED}, State.INVITED),
        "accept": ({State.INVITED, State.DECLINED}, State.ACCEPTED),
        "decline": ({State.INVITED, State.ACCEPTED}, State.DECLINED),
    }
    VERBS = {"invite": _("发函"), "accept": _("参加"), "decline": _("不参加")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.ForeignKey(JointAction, models.CASCADE, related_name="provinces")
    party = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.NAMED)
    letter_id = models.UUIDField(null=True, blank=True)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    unit_name = models.CharField(max_length=80, blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["action", "party"], name="joint_province_once")]


class JointSeat(models.Model):
    """其他部门: a department that studies or acts together and has no account here. Named on plan and closing sheet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.ForeignKey(JointAction, models.CASCADE, related_name="seats")
    department = models.CharField(_("部门"), max_length=80)
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    duty = models.CharField(_("分工"), max_length=120, blank=True)

    class Meta:
        ordering = ["department", "id"]


class JointTarget(models.Model):
    """One place to go to. unit: of this bureau; party: of another province, whose results come by letter.

    figures: what was found there, as last reckoned or reported. result_version: of the last report sent or taken.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("待行动")
        UNDERWAY = "underway", _("检查中")
        ENDED = "ended", _("已结束")
        DROPPED = "dropped", _("已撤下")

    class Outcome(models.TextChoices):
        FOUND = "found", _("查获")
        NOTHING = "nothing", _("未发现违法")
        ABSENT = "absent", _("人去楼空")
        HANDED_ON = "handed_on", _("移交其他部门")
        DROPPED = "dropped", _("未行动")

    MOVES = {
        "start": ({State.PLANNED}, State.UNDERWAY),
        "end": ({State.PLANNED, State.UNDERWAY}, State.ENDED),
        "drop": ({State.PLANNED}, State.DROPPED),
    }
    VERBS = {"start": _("开始检查"), "end": _("结束"), "drop": _("撤下")}
    OPEN = (State.PLANNED, State.UNDERWAY)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.ForeignKey(JointAction, models.PROTECT, related_name="targets")
    number = models.PositiveSmallIntegerField(_("序号"))
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办单位")
    )
    party = models.CharField(_("外省"), max_length=80, blank=True)
    party_title = models.CharField(max_length=120, blank=True)
    origin_id = models.UUIDField(null=True, blank=True, help_text="its id at the leading province")

    party_name = models.CharField(_("当事人"), max_length=120, blank=True)
    address = models.CharField(_("地址"), max_length=300, blank=True)
    division_code = models.CharField(_("区划代码"), max_length=6, blank=True)
    what = models.CharField(_("涉及商品和情况"), max_length=500, blank=True)
    assembly = models.CharField(_("集结地点"), max_length=200, blank=True)
    supervised = models.BooleanField(_("挂牌督办"), default=False)
    supervised_words = models.CharField(_("督办要求"), max_length=300, blank=True)
    added_after_hour = models.BooleanField(default=False)

    inspection = models.ForeignKey("inspections.Inspection", models.PROTECT, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True)
    words = models.CharField(_("情况说明"), max_length=1000, blank=True)
    ended_by_name = models.CharField(max_length=80, blank=True)
    figures = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    result_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="joint_target_number_once"),
            models.CheckConstraint(
                condition=models.Q(party="") | models.Q(unit__isnull=True), name="joint_target_one_holder"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | ~models.Q(outcome=""), name="joint_target_ended_has_outcome"
            ),
        ]


class TargetClue(models.Model):
    """A clue that a target came from; several clues of one enterprise make one target."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(JointTarget, models.CASCADE, related_name="clues")
    clue = models.ForeignKey("clues.Clue", models.PROTECT, related_name="joint_targets")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "clue"], name="target_clue_once")]


class TargetOfficer(models.Model):
    """One of those who go there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(JointTarget, models.CASCADE, related_name="officers")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    leads = models.BooleanField(_("带队"), default=False)

    class Meta:
        ordering = ["-leads", "id"]
        constraints = [models.UniqueConstraint(fields=["target", "person"], name="target_officer_once")]


class TargetMark(models.Model):
    """已收到、已到位: one tap. Insert-only. id: chosen by the phone; at: by its clock, received_at by ours."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("已收到")
        IN_PLACE = "in_place", _("已到位")
        UNABLE = "unable", _("不能参加")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(JointTarget, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=10, choices=Kind)
    hour = models.PositiveSmallIntegerField()
    person = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=80)
    unit_name = models.CharField(max_length=80, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["target", "hour", "kind"], name="target_mark_hour")]


class PeopleAsked(models.Model):
    """派员: a right holder is asked for people at one target, and who they send, by what authority.

    people: [{name, title, phone, authority_no, valid_from, valid_until, principal}], as the right holder wrote.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待答复")
        NAMED = "named", _("已派员")
        DECLINED = "declined", _("不派员")
        CALLED_OFF = "called_off", _("已取消")

    MOVES = {
        "name": ({State.ASKED, State.NAMED, State.DECLINED}, State.NAMED),
        "decline": ({State.ASKED, State.NAMED, State.DECLINED}, State.DECLINED),
        "call_off": ({State.ASKED, State.NAMED, State.DECLINED}, State.CALLED_OFF),
    }
    VERBS = {"name": _("派员"), "decline": _("不派员"), "call_off": _("取消")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(JointTarget, models.PROTECT, related_name="people_asked")
    organisation_id = models.UUIDField()
    organisation_name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    revision = models.PositiveSmallIntegerField(default=1)
    needed = models.PositiveSmallIntegerField(_("人数"), default=1)
    goods = models.CharField(_("商品"), max_length=200, blank=True)
    meet_at = models.DateTimeField(_("到场时间"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    people = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    answer_words = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "organisation_id"],
                condition=~models.Q(state="called_off"),
                name="people_asked_once",
            )
        ]
