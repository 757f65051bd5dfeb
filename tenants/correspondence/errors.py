"""What official letters refuse. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, NotAllowed


class ReportStaysHere(Conflict):
    """A report is not forwarded. Data: bureau, postal, number."""

    code = "report_not_forwarded"
    sentence = _(
        "{number} 来自投诉举报，不能当作线索移送。请告知举报人向有权处理的单位反映：{bureau}{postal}。"
        "本单位自行查证发现的情况，可另行登记线索后移送。"
    )


class SourceNamed(Conflict):
    """Who reported a matter would be told. Data: places."""

    code = "letter_names_source"
    sentence = _("函稿里有举报人或线索来源的信息，不能送审和发出：{places}。请删去；附件请先遮盖后换用遮盖件。")


class LookNeeded(Conflict):
    """Something looks like a phone or an identity number. Data: places."""

    code = "letter_needs_a_look"
    sentence = _("函稿里有疑似电话号码或身份证号，请逐处核对：{places}。确需写明的，勾选“已核对”后再提交。")


class SamePerson(NotAllowed):
    """Drafting, checking and issuing are three people's. Data: name."""

    code = "approval_by_same_person"
    sentence = _("{name} 已在前面的环节经手。拟稿、审核、签发要由三个人分别办理，请换一位。")


class AddresseeNotGiven(BadInput):
    """Nobody is named."""

    code = "letter_addressee_missing"
    sentence = _("还没有选收件单位。请从单位名录或协作部门中选择。")


class AddresseeAtHome(BadInput):
    """Own units are not written to. Data: name."""

    code = "letter_addressee_own_province"
    sentence = _("{name} 是本省单位，不用发函。请在线索页面分派。")


class MayNotForward(Conflict):
    """A received letter is not passed on."""

    code = "letter_not_forwarded"
    sentence = _("来函不能转给其他单位。不属本单位管辖的，请退回并写明应送单位，由发函单位改投。")


class NotWaiting(Conflict):
    """The step needs another state. Data: state_name."""

    code = "letter_step_closed"
    sentence = _("这封函现在是“{state_name}”，不能这样办理。请刷新后再看。")


class NoAgencyWord(Conflict):
    """The issuing unit has no 机关代字. Data: name."""

    code = "letter_agency_word_missing"
    sentence = _("{name} 还没有机关代字，不能编文号。请系统管理员在“单位”页填写后再签发。")


class BulletinForNobody(BadInput):
    """Nobody is left to be told. Data: group."""

    code = "bulletin_nobody"
    sentence = _("“{group}”现在没有其他成员可以收件，通报没有发出。请改选省份，或等协作组恢复后再发。")
