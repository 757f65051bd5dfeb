"""What people read instead of codes: names of parties, kinds of letters, why one is stuck."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.contracts.addresses import Address
from provinces.hosts import DIRECTORY

KINDS: dict[str, str | Promise] = {
    "appraisal.commission": gettext_lazy("鉴定申请"),
    "appraisal.photos": gettext_lazy("补充照片"),
    "appraisal.progress": gettext_lazy("办理进度"),
    "appraisal.supplement": gettext_lazy("补拍要求"),
    "appraisal.opinion": gettext_lazy("辨认结论"),
    "appraisal.scene_signed": gettext_lazy("现场签名"),
    "appraisal.verdict_withdrawn": gettext_lazy("撤回结论"),
    "appraisal.cancelled": gettext_lazy("撤销申请"),
    "appraisal.photo_withdrawn": gettext_lazy("撤回照片"),
    "appraisal.fast_ask": gettext_lazy("快速鉴定询问"),
    "appraisal.fast_answer": gettext_lazy("快速鉴定答复"),
    "appraisal.fast_ask_withdrawn": gettext_lazy("撤回快速鉴定询问"),
    "appraisal.fast_answer_withdrawn": gettext_lazy("撤回快速鉴定答复"),
    "evidence.transfer": gettext_lazy("证据移转"),
    "evidence.transfer_checked": gettext_lazy("证据移转核对结果"),
    "appraisal.chat": gettext_lazy("对话"),
    "appraisal.onsite": gettext_lazy("现场协助"),
    "consultation.line": gettext_lazy("咨询"),
    "assistance.task": gettext_lazy("执法协助"),
    "assistance.reply": gettext_lazy("执法协助回复"),
    "opinion.mailed": gettext_lazy("意见书寄送"),
    "opinion.notice": gettext_lazy("协助辨认通知书"),
    "opinion.notice_returned": gettext_lazy("退回通知书"),
    "opinion.notice_answered": gettext_lazy("通知书办理情况"),
    "opinion.certificate": gettext_lazy("辨认意见书"),
    "opinion.withdrawn": gettext_lazy("撤回意见书"),
    "opinion.superseded": gettext_lazy("意见书换发"),
    "opinion.original_mailed": gettext_lazy("意见书原件寄送"),
    "opinion.original_scanned": gettext_lazy("意见书原件扫描件"),
    "opinion.original_received": gettext_lazy("意见书原件签收"),
    "opinion.sample_sent": gettext_lazy("封样寄送"),
    "opinion.sample_received": gettext_lazy("封样签收"),
    "opinion.sample_opened": gettext_lazy("封样启封"),
    "opinion.sample_returned": gettext_lazy("封样寄回"),
    "opinion.sample_back": gettext_lazy("封样收回"),
    "opinion.objection": gettext_lazy("当事人异议"),
    "opinion.objection_answered": gettext_lazy("异议答复"),
    "opinion.reuse_asked": gettext_lazy("互认申请"),
    "opinion.reuse_offered": gettext_lazy("互认提示"),
    "opinion.reuse_confirmed": gettext_lazy("互认确认"),
    "opinion.reuse_declined": gettext_lazy("不予互认"),
    "opinion.reuse_accepted": gettext_lazy("互认采用"),
    "opinion.reuse_refused": gettext_lazy("互认不采用"),
    "recognition.looked": gettext_lazy("识假比对情况"),
    "recognition.hint": gettext_lazy("识假提示"),
    "recognition.elsewhere": gettext_lazy("外地已知提示"),
    "recognition.hint_answered": gettext_lazy("识假提示的判断"),
    "recognition.hint_flagged": gettext_lazy("识假提示失效"),
    "recognition.code_confirmed": gettext_lazy("码的确认"),
    "recognition.code_alert": gettext_lazy("重码预警"),
    "recognition.code_alert_settled": gettext_lazy("重码预警处理结果"),
    "recognition.candidate": gettext_lazy("入库推荐"),
    "recognition.candidate_answered": gettext_lazy("入库推荐答复"),
    "recognition.look_back": gettext_lazy("回查"),
    "recognition.share": gettext_lazy("公开范围"),
    "clue.reverse": gettext_lazy("反向线索"),
    "clue.supplement": gettext_lazy("线索补充"),
    "clue.withdrawn": gettext_lazy("撤回线索"),
    "clue.state": gettext_lazy("线索办理情况"),
    "clue.ask": gettext_lazy("线索询问"),
    "clue.reply": gettext_lazy("线索询问答复"),
    "joint.invitation": gettext_lazy("统一行动邀请函"),
    "joint.plan": gettext_lazy("统一行动方案"),
    "joint.answer": gettext_lazy("统一行动答复"),
    "joint.mark": gettext_lazy("统一行动标记"),
    "joint.result": gettext_lazy("统一行动结果"),
    "joint.people_asked": gettext_lazy("请权利人派员"),
    "joint.people_answered": gettext_lazy("权利人派员答复"),
    "official.clue_transfer": gettext_lazy("线索移送函"),
    "official.clue_bulletin": gettext_lazy("线索通报"),
    "official.clue_bulletin_copy": gettext_lazy("线索通报副本"),
    "official.notice": gettext_lazy("通报函"),
    "official.support": gettext_lazy("商请函"),
    "official.correction": gettext_lazy("更正函"),
    "official.receipt": gettext_lazy("公函回执"),
    "official.result": gettext_lazy("公函办理结果"),
    "official.recall": gettext_lazy("请求撤回公函"),
    "official.recall_answered": gettext_lazy("撤回公函的答复"),
    "official.assistance_request": gettext_lazy("协助调查函"),
    "official.assistance_step": gettext_lazy("协助调查进展"),
    "official.assistance_extension": gettext_lazy("协助调查延期告知"),
    "official.assistance_answer": gettext_lazy("协助调查复函"),
    "official.assistance_closed": gettext_lazy("协助调查办结"),
    "official.case_transfer": gettext_lazy("案件移送函"),
    "official.case_transfer_filed": gettext_lazy("移送案件立案告知"),
    "official.evidence_beside": gettext_lazy("随函证据"),
    "official.filing_claim": gettext_lazy("先立案主张"),
    "official.filing_claim_yielded": gettext_lazy("不再主张先立案"),
    "broker.units": gettext_lazy("单位名录"),
    "broker.route_asked": gettext_lazy("去向询问"),
    "broker.route_answered": gettext_lazy("去向答复"),
    "broker.route_withdrawn": gettext_lazy("撤回去向询问"),
    "broker.look_asked": gettext_lazy("调阅申请"),
    "broker.look_granted": gettext_lazy("同意调阅"),
    "broker.look_refused": gettext_lazy("不同意调阅"),
    "broker.dispute_opened": gettext_lazy("管辖争议"),
    "broker.dispute_word": gettext_lazy("争议意见"),
    "broker.dispute_raised": gettext_lazy("报请指定管辖"),
    "broker.dispute_went_up": gettext_lazy("已报请指定管辖"),
    "broker.dispute_decided": gettext_lazy("指定管辖决定"),
    "broker.dispute_notice": gettext_lazy("争议进展"),
    "broker.supervision": gettext_lazy("挂牌督办"),
    "broker.supervision_report": gettext_lazy("督办情况报告"),
    "broker.supervision_turned": gettext_lazy("督办批示"),
    "joint_case.invitation": gettext_lazy("联合办案邀请函"),
    "joint_case.entries": gettext_lazy("联合办案往来"),
    "enrolment.wanted": gettext_lazy("入驻需求"),
    "office.reminder": gettext_lazy("催办"),
    "letters.rating": gettext_lazy("答复评价"),
    "letters.rating_number": gettext_lazy("答复评价分数"),
    "log.head": gettext_lazy("封存日志日结"),
    "log.countersignature": gettext_lazy("日结见证"),
    "log.return": gettext_lazy("封存日志恢复声明"),
}

FAILURES: dict[str, str | Promise] = {
    "addressee_unknown": gettext_lazy("收件方已注销、更名或不存在。请退回发件方，由其改投。"),
    "addressee_suspended": gettext_lazy("收件方已暂停使用平台。恢复使用后可重新投递，否则请退回。"),
    "letter_expired": gettext_lazy("已过使用期限。请退回发件方，需要时重新发函。"),
    "attachment_not_yours": gettext_lazy("附件不在发件方的存储中。请退回发件方，并告知安全管理员。"),
    "attachment_missing": gettext_lazy("附件在发件方的存储中找不到。请联系发件方后重新投递，或退回。"),
    "attachment_differs": gettext_lazy("附件与清单上的校验值不符。请退回发件方重发。"),
    "no_receiver": gettext_lazy("收件方的系统没有办理这类往来的模块。升级后重新投递，或退回。"),
    "kind_unknown": gettext_lazy("收件方的系统还不认识这一版格式。升级后重新投递，或退回。"),
    "body_unreadable": gettext_lazy("正文不符合约定格式，或与校验值不符。请退回发件方重发。"),
    "peer_unreachable": gettext_lazy("对方平台连不上。系统会继续投递，三天仍不通才转为滞留件。"),
    "peer_answer_wrong": gettext_lazy("对方平台的回应不符合约定。请双方技术人员核对后重新投递。"),
    "peer_refused": gettext_lazy("对方平台拒收。请到“对等平台”页面查看原因，排除后重新投递。"),
    "not_found": gettext_lazy("收件方找不到这封往来所说的事项。请核对后退回发件方。"),
    "province_without_units": gettext_lazy("收件方还没有登记任何单位。登记后重新投递，或退回发件方。"),
    "not_theirs_to_say": gettext_lazy("发件方不是这件事的一方，无权说明或决定。请退回发件方，并告知安全管理员。"),
    "move_refused": gettext_lazy("事项现在的状态不能办理这一步。请核对后重新投递，或退回。"),
}


def kind_name(kind: str) -> str:
    """A kind of letter in words; the code itself for a kind that this release does not know."""
    return str(KINDS.get(kind, kind))


def why(failure_code: str) -> str:
    """Why a letter was not delivered, and what to do. Never anything of its contents."""
    found = FAILURES.get(failure_code)
    if found is not None:
        return str(found)
    fault = failure_code.removeprefix("receiver_failed.")
    return _("收件方的系统在收下时出错（{fault}）。请联系技术人员，排除后重新投递。").format(fault=fault)


def party_names(parties: Iterable[str]) -> dict[str, str]:
    """Titles of parties as letters write them. A party that is gone keeps its code."""
    names = {}
    bureaux = {f"province:{host.seat.name}": host.title for host in DIRECTORY.provinces()}
    organisations = {}
    for party in set(parties):
        if party in bureaux:
            names[party] = bureaux[party]
        elif (elsewhere := DIRECTORY.remote(party)) is not None:
            names[party] = elsewhere.title
        elif party == "office":
            names[party] = _("省际协作办公室")
        elif party.startswith("organisation:"):
            organisations[Address.parse(party).organisation_id] = party
        else:
            names[party] = party
    if organisations:
        model = apps.get_model(settings.LETTERS_ORGANISATION_MODEL)
        known = dict(model._default_manager.filter(pk__in=organisations).values_list("pk", "name"))
        names |= {party: known.get(pk, party) for pk, party in organisations.items()}
    return names
