"""What an inspection refuses, with a stable code and a sentence that says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict


class CertificateMissing(Conflict):
    """The officer's account has no certificate number, or nobody recorded how long it is valid."""

    code = "certificate_missing"
    sentence = _("{name}的执法证号或有效期没有登记，不能参加检查。请让本单位管理员补登后再来。")


class CertificateLapsed(Conflict):
    """Valid until a day before the inspection."""

    code = "certificate_lapsed"
    sentence = _("{name}的执法证已于 {until} 到期，不能参加检查。请换一名持有效执法证的执法人员。")


class CertificateTwice(Conflict):
    """Two officers with one certificate number are one officer."""

    code = "certificate_twice"
    sentence = _("执法证号 {certificate_no} 已在这次检查里。两名执法人员的证号必须不同，请核对后由另一人加入。")


class OneOfficer(Conflict):
    """Nothing is signed by one officer alone."""

    code = "one_officer"
    sentence = _("只有一名执法人员，笔录不能签字。请第二名执法人员用加入码加入。")


class JoinCodeWrong(BadInput):
    """No such code, or one that was used, or too old: told alike, so that nobody learns by trying."""

    code = "join_code_wrong"
    sentence = _("加入码不对、已用过或已过期。请在第一部手机上重新出示加入码（{minutes} 分钟内有效，用一次）。")


class TooManyTries(Conflict):
    """Wrong codes, one after the other."""

    code = "join_too_many_tries"
    status = 429
    sentence = _("加入码连续输错 {tries} 次。请 {minutes} 分钟后再试，或扫第一部手机上的二维码。")


class UnitsApart(Conflict):
    """The second officer's unit has nothing to do with the first one's."""

    code = "units_apart"
    sentence = _("{unit}与{other}不属于同一个局，不能一起检查。请由本局或上下级单位的执法人员加入。")


class RecordIncomplete(Conflict):
    """What is still missing before the inspection can be closed. Data: missing, a list of {code, words, lot_id}."""

    code = "record_incomplete"
    sentence = _("还不能结束检查，缺：{words}。请补齐后再结束。")
