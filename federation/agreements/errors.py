"""What agreements refuse. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, NotAllowed


class NotTheLeader(NotAllowed):
    code = "agreement_leader_only"
    sentence = _("协议由省局领导代表本省提出、同意或退出。请报省局领导在系统里办理。")


class NotAKeeper(NotAllowed):
    code = "meeting_keeper_only"
    sentence = _("联席会议由省局领导或线索管理员办理。请联系省局。")


class PartiesWrong(BadInput):
    """Too few, unknown, or without oneself. Data: named."""

    code = "agreement_parties"
    sentence = _("各方填写不对：要有本省和至少一个已开通的其他省，双边协议只有两方。请重新选择。")


class DatesWrong(BadInput):
    code = "agreement_dates"
    sentence = _("有效期填写不对：结束日期要在开始日期之后，并且在今天之后。请重新填写。")


class ScopeMissing(BadInput):
    code = "agreement_scope"
    sentence = _("没有选适用范围。请至少选一类函件。")


class QuorumWrong(BadInput):
    """Data: parties."""

    code = "agreement_quorum"
    sentence = _("“满几方生效”只用于区域协作组和专题协作网，要在 2 至 {parties} 之间。不填表示各方都同意才生效。")


class TermsWrong(BadInput):
    code = "agreement_terms"
    sentence = _("期限填写不对：接收 1 至 60 个、反馈 1 至 180 个、协查 1 至 60 个工作日。请重新填写。")


class MembersMissing(BadInput):
    """Data: missing."""

    code = "agreement_members_missing"
    sentence = _("新文本漏了现有成员：{missing}。成员只能自己退出，不能由别方去掉。请把他们加回来。")


class AnswerTwice(Conflict):
    code = "agreement_answered"
    sentence = _("本省对这一稿已经表态，不能再改。如要退出，请用“退出协议”；如要改条款，请提出新文本。")


class NotAsked(Conflict):
    code = "agreement_not_asked"
    sentence = _("这一稿不在征求意见，或没有征求本省意见，不能表态。请刷新页面看最新情况。")


class NotAMember(Conflict):
    code = "agreement_not_member"
    sentence = _("本省现在不是这份协议的成员，不能这样做。")


class WhyMissing(BadInput):
    code = "agreement_why"
    sentence = _("没有写明原因。请写一句，其他各方会看到。")


class GroupEmpty(Conflict):
    """Data: title."""

    code = "group_empty"
    sentence = _("“{title}”现在没有其他成员，没有人可以收到，未发出。请改选收件单位。")


class GroupNotInForce(Conflict):
    code = "group_not_in_force"
    sentence = _("这个协作组没有生效、已经到期，或本省不是成员，不能向它发送。请改选收件单位。")


class MeetingWrong(BadInput):
    code = "meeting_wrong"
    sentence = _("会议填写不全：要有名称、时间和至少一条议程。请补上再发。")


class MinutesWrong(BadInput):
    code = "minutes_wrong"
    sentence = _("纪要填写不全：要有正文；每项任务要写明事项、责任方（参会成员）和完成日期。请补上再发。")


class HostOnly(NotAllowed):
    code = "meeting_host_only"
    sentence = _("这一步由召集会议的一方办理。如有不同意见，请在确认纪要时写明。")


class OwnerOnly(NotAllowed):
    code = "meeting_owner_only"
    sentence = _("任务由责任方报告完成。")
