"""What kinds of records, steps and looks are called."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.errors import Words

KINDS: dict[str, Words] = {
    "accounts.importjob": _("人员导入"),
    "accounts.post": _("岗位"),
    "accounts.unit": _("单位"),
    "accounts.user": _("人员"),
    "audit.issuednumber": _("文号"),
    "audit.readline": _("查阅记录"),
    "audit.trail": _("审计记录"),
    "broker.dispute": _("争议"),
    "broker.listedsupervision": _("挂牌督办"),
    "broker.look": _("共同上级查阅"),
    "broker.route": _("转送请求"),
    "bundles.bundle": _("导出包"),
    "campaigns.campaign": _("专项行动"),
    "campaigns.jointaction": _("联合行动"),
    "campaigns.jointtarget": _("联合行动目标"),
    "campaigns.urgentcall": _("紧急呼叫"),
    "cases.case": _("案件"),
    "cases.caseproposal": _("立案提请"),
    "clues.assessment": _("线索研判"),
    "clues.batchrun": _("线索批量办理"),
    "clues.brandreport": _("权利人报送"),
    "clues.clue": _("线索"),
    "clues.clueask": _("线索请示"),
    "clues.clueexport": _("线索台账导出"),
    "clues.clueimport": _("线索导入"),
    "clues.supervision": _("线索督办"),
    "clues.target": _("线索对象"),
    "clues.telling": _("线索告知"),
    "connections.client": _("接入账号"),
    "connections.connection": _("对接"),
    "correspondence.assistance": _("协查"),
    "correspondence.casetransfer": _("案件移送"),
    "correspondence.officialletter": _("公函"),
    "desk.deskappointment": _("现场协助"),
    "desk.deskassistance": _("执法协助"),
    "desk.deskconsultation": _("咨询"),
    "desk.deskitem": _("鉴定物品"),
    "desk.desktask": _("鉴定任务"),
    "desk.deskverdict": _("辨认结论"),
    "embedding.matter": _("业务系统事项"),
    "embedding.matterphoto": _("业务系统照片"),
    "evidence.exhibit": _("证据"),
    "evidence.package": _("证据清单"),
    "evidence.sheet": _("笔录文书"),
    "evidence.transfer": _("证据移送"),
    "evidence.withdrawal": _("证据撤回"),
    "grants.grant": _("授权共享"),
    "grants.item": _("共享内容"),
    "hints.hint": _("识别提示"),
    "hints.lookback": _("识别回看"),
    "hints.readcode": _("识读的编码"),
    "inspections.inspection": _("现场检查"),
    "inspections.lot": _("检查批次"),
    "inspections.presentperson": _("在场人员"),
    "inspections.seal": _("封条"),
    "inspections.seizure": _("查封扣押"),
    "issuing.mailing": _("邮寄"),
    "issuing.notice": _("辨认通知书"),
    "issuing.objection": _("异议"),
    "issuing.opinionletter": _("辨认意见书"),
    "issuing.reuseoffer": _("意见书重用"),
    "issuing.sample": _("封样"),
    "jointcases.room": _("串并案专班"),
    "letters.delivery": _("往来送达"),
    "letters.letter": _("往来"),
    "linkage.outgoing": _("行刑衔接消息"),
    "linkage.referral": _("行刑移送"),
    "matching.brandquestion": _("比对询问"),
    "matching.match": _("比对命中"),
    "matching.pair": _("比对命中"),
    "matching.series": _("串并线索"),
    "opinions.heldletter": _("收到的辨认意见书"),
    "opinions.mailing": _("邮寄"),
    "opinions.notice": _("辨认通知书"),
    "opinions.objection": _("异议"),
    "opinions.reuseoffer": _("意见书重用"),
    "opinions.review": _("采信审查"),
    "opinions.sample": _("封样"),
    "opinions.telling": _("意见告知"),
    "opinions.withdrawalalert": _("撤回提示"),
    "papers.paper": _("文书"),
    "parcels.parcel": _("外送文件包"),
    "parcels.report": _("回执文件包"),
    "parties.document": _("证明材料"),
    "parties.enrolmentdocument": _("入驻材料"),
    "platforms.fastask": _("快速鉴定申请"),
    "platforms.fastopinion": _("快速鉴定意见"),
    "platforms.fasttask": _("快速鉴定任务"),
    "recognition.codealert": _("编码提醒"),
    "recognition.entryphoto": _("假货库照片"),
    "recognition.hint": _("识别提示"),
    "recognition.libraryentry": _("假货库条目"),
    "recognition.lookback": _("识别回看"),
    "recognition.runlink": _("假货批次"),
    "requests.appointment": _("现场协助"),
    "requests.appraisalrequest": _("鉴定申请"),
    "requests.assistancetask": _("执法协助"),
    "requests.consultation": _("咨询"),
    "requests.itemphoto": _("鉴定照片"),
    "requests.requestitem": _("鉴定物品"),
    "requests.site": _("鉴定现场"),
    "requests.supplement": _("补拍要求"),
    "reverse_clues.addressee": _("报送对象"),
    "reverse_clues.cluefile": _("报送附件"),
    "reverse_clues.purchase": _("购买取样"),
    "reverse_clues.question": _("报送询问"),
    "reverse_clues.reverseclue": _("权利人报送"),
}
_VERBS: dict[str, Words] = {
    "create": _("建立"),
    "edit": _("修改"),
    "appoint": _("任命"),
    "withdraw": _("免去或撤回"),
    "suspend": _("停用账号"),
    "restore": _("恢复账号"),
    "recover": _("候补共同任命"),
    "view": _("查看"),
    "download": _("下载"),
    "export": _("导出"),
    "add": _("添加"),
    "agree": _("同意"),
    "amend": _("更正"),
    "answer": _("答复"),
    "arrive": _("送达"),
    "ask": _("提出"),
    "ask_extension": _("申请延期"),
    "ask_recall": _("申请撤回"),
    "ask_reuse": _("申请重用"),
    "ask_withdrawal": _("申请撤回"),
    "begin": _("开始"),
    "bring": _("导入"),
    "change": _("修改"),
    "choose": _("选择"),
    "close": _("关闭"),
    "complete": _("补全"),
    "configure": _("设置"),
    "correct": _("更正"),
    "decline": _("拒绝"),
    "deliver": _("送达"),
    "describe": _("修改说明"),
    "draft": _("拟稿"),
    "end": _("停止"),
    "extend": _("延长"),
    "file": _("立案"),
    "give_back": _("退回"),
    "hand_down": _("交办"),
    "hand_over": _("移交"),
    "hand_to": _("交办"),
    "issue": _("出单"),
    "join": _("加入"),
    "keep": _("保存"),
    "launch": _("打开"),
    "link": _("关联"),
    "list": _("登记"),
    "lodge": _("提出异议"),
    "make": _("制作"),
    "move": _("调整"),
    "open": _("打开"),
    "pause": _("暂停"),
    "place": _("保留"),
    "plan": _("安排"),
    "propose": _("提请"),
    "publish": _("发布"),
    "raise": _("提出"),
    "refuse": _("拒绝"),
    "register": _("登记"),
    "release": _("放行"),
    "remove": _("移除"),
    "rename": _("改名"),
    "report": _("报告"),
    "resume": _("恢复"),
    "review": _("复核"),
    "scan": _("扫描"),
    "seal": _("封存"),
    "send": _("发送"),
    "set": _("设置"),
    "sign": _("签名"),
    "start": _("开始"),
    "supplement": _("补充"),
    "tags": _("修改标签"),
    "tell": _("告知"),
    "test": _("测试"),
    "transfer": _("移送"),
    "unlink": _("取消关联"),
    "upload": _("上传"),
    "verify": _("核验"),
}
_WAYS: dict[str, Words] = {"page": _("查看页面"), "api": _("经接口读取"), "file": _("取得文件")}
_PARTS: dict[str, Words] = {
    "link": _("凭链接"),
    "view": _("显示图"),
    "thumb": _("缩略图"),
    "original": _("原件"),
    "patterns": _("异常查阅"),
}
_FIELDS: dict[str, Words] = {
    "what": _("类别"),
    "person": _("人员"),
    "kind": _("记录"),
    "record": _("记录编号"),
    "number": _("文号"),
    "verb": _("动作"),
    "unit": _("单位"),
    "through": _("经由"),
    "term": _("检索词"),
    "since": _("起始日"),
    "until": _("截止日"),
    "case_number": _("案号"),
}


def kind(label: str) -> str:
    """A kind of record."""
    model = _model(label)
    return str(KINDS.get(label) or (model._meta.verbose_name if model else label))


def step(label: str, verb: str) -> str:
    """A step: as its model calls it."""
    model = _model(label)
    verbs: dict[str, Any] = getattr(model, "VERBS", {})
    return str(verbs.get(verb) or _VERBS.get(verb) or verb)


def states(label: str, before: str, after: str) -> str:
    """From which state to which."""
    if not after:
        return ""
    model = _model(label)
    names: dict[str, Any] = {}
    if model is not None and any(field.name == "state" for field in model._meta.get_fields()):
        field = model._meta.get_field("state")
        names = dict(field.flatchoices) if isinstance(field, models.Field) else {}
    return f"{names.get(before, before)} → {names.get(after, after)}" if before else str(names.get(after, after))


def read(line: Any) -> str:
    """A look: how, and at what of it."""
    said = str(_WAYS.get(line.way, line.way)) if line.record_id else str(_("检索或成批查阅"))
    if line.record_id or not line.what or line.what == "list":
        part = line.what.removeprefix("link ")  # with a link's holder: from about where
        return f"{said} · {_PARTS.get(part, part)}" if line.record_id and part else said
    fields = "、".join(str(_FIELDS.get(each) or _PARTS.get(each, each)) for each in line.what.split(","))
    return str(_("{said}（{fields}）")).format(said=said, fields=fields)


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except LookupError:
        return None
