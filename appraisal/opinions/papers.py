"""文书 16, block by block, and what is served on the party with a code for objections. Chinese whatever the reader's
language; making and signing is `papers`'.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from appraisal.opinions import selectors
from appraisal.opinions.models import Notice
from appraisal.requests.models import VerdictChoice
from kernel import clock
from kernel.errors import BadInput
from notify.live import host_of_seat
from papers.content import Facts, PaperContent, Role, Signer, Table, Text, Tone
from papers.models import Paper
from papers.registry import Draft, Kind, register

NOTICE, TELLING = "notice", "telling"


def day(at: datetime) -> str:
    """2026年1月2日, in China."""
    local = at.astimezone(clock.SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def plain(number: Any) -> str:
    """A quantity without idle zeros."""
    text = f"{number:f}" if number is not None else ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def assist_notice(by: User, matter_id: UUID) -> Draft:
    """文书 16: what one right holder is asked to identify. The party stands in it only where the bureau decided so."""
    with override("zh-hans"):
        notice = selectors.whole_notice(by, matter_id)
        items = list(notice.items.all())
        word = Notice.Type(notice.type).label
        rows = [("委托类型", f"协助{word}")]
        if notice.party_name:
            rows += [("当事人", notice.party_name), ("案件或线索编号", notice.matter_no)]
        rows.append(("商标及注册号", _marks(notice)))
        rows.append(("提交样品", f"是，封签号 {notice.sample_seal_no}" if notice.samples_sent else "否，依据照片"))
        due = notice.reply_due_at
        rows.append(("答复期限", f"{day(due)}前" if due else f"签发之日起 {notice.reply_working_days} 个工作日内"))
        issued = notice.issued_at
        content = PaperContent(
            title="协助辨认/鉴别通知书",
            bureau=selectors.issuing_unit(notice.unit).name,
            form_no=16,
            document_no=notice.document_no,
            blocks=(
                Text(words=f"{notice.organisation_name}："),
                Text(
                    words=f"本局在执法中发现下列标称你单位品牌的商品。因调查需要，请你单位协助{word}，出具书面意见，"
                    f"写明{word}人员、授权、方式和依据，并逐项作出结论。"
                ),
                Facts(rows=tuple(rows)),
                Table(
                    columns=(("序号", 1), ("物品", 4), ("标称品牌", 2), ("规格", 2), ("批号", 2), ("数量", 2),
                             ("取得时间和地点", 4)),
                    rows=tuple(
                        (
                            str(each.position), each.name, each.claimed_brand, each.spec, each.batch_no,
                            f"{plain(each.quantity)} {each.unit}".strip() if each.quantity is not None else "",
                            " ".join(part for part in (day(each.taken_at) if each.taken_at else "", each.taken_where)
                                     if part),
                        )
                        for each in items
                    ),
                ),
                Text(words="委托事项", tone=Tone.HEADING),
                *(Text(words=f"{place}. {words}") for place, words in enumerate(notice.questions, start=1)),
                Text(words="照片清单", tone=Tone.HEADING),
                Table(
                    columns=(("序号", 1), ("物品序号", 1), ("拍照项", 3), ("SHA-256", 9)),
                    rows=tuple(
                        (str(place), str(number), name, sha256)
                        for place, (number, name, sha256) in enumerate(
                            (
                                (each.position, photo["shot_name"], photo["sha256"])
                                for each in items
                                for photo in each.photos
                            ),
                            start=1,
                        )
                    ),
                ),
                Text(
                    words="联系人："
                    + "、".join(f"{each['name']}（执法证号 {each['certificate_no']}）" for each in notice.officers)
                    + f"　电话：{notice.phone}"
                ),
                Text(words=notice.liability_notice, tone=Tone.NOTE),
            ),
            seal_place=f"（印章）\n{day(issued)}" if issued else "（印章）",
        )  # fmt: skip
    return Draft(content, notice.unit_id)


def _marks(notice: Notice) -> str:
    return (
        "；".join(
            f"{each['name']} 第 {each['reg_no']} 号（第 {'、'.join(map(str, each['nice_classes']))} 类）"
            for each in notice.trademarks
        )
        or "未登记"
    )


def objection_address(telling_id: UUID) -> str:
    """Where the party lodges an objection: an address with a code, on the province's own host."""
    code = selectors.objection_code(telling_id)
    path = reverse("opinions:objection_page", args=[code], urlconf=settings.URLCONFS["province"])
    return f"{settings.SCHEME}://{host_of_seat()}{path}"


def party_notice(by: User, matter_id: UUID) -> Draft:
    """What the party is given: which opinion, its conclusions, until when and where to object. No feature is named."""
    with override("zh-hans"):
        telling = selectors.access_telling(by, matter_id)
        letter = telling.letter
        if not letter.opinion_no:
            raise BadInput(_("意见书还没有编号，不能告知当事人。请等正式意见书。"), code="letter_not_formal")
        content = PaperContent(
            title="辨认意见告知书",
            bureau=selectors.issuing_unit(letter.request.unit).name,
            blocks=(
                Text(words=f"{telling.party_name}："),
                Text(
                    words=f"本局已收到{letter.organisation_name}出具的辨认意见书（编号 {letter.opinion_no}）。"
                    "现将辨认结论告知如下："
                ),
                Table(
                    columns=(("序号", 1), ("物品", 6), ("数量", 2), ("辨认结论", 3)),
                    rows=tuple(
                        (
                            str(each.position),
                            each.product_name,
                            f"{plain(each.quantity)} {each.unit}".strip(),
                            str(VerdictChoice(each.value).label),
                        )
                        for each in letter.items.all()
                    ),
                ),
                Text(
                    words=f"你（单位）对上述结论有异议的，可以在{day(telling.objection_until)}前向本局书面提出，并提交进货凭证等"
                    "材料；也可以用手机打开下面的网址提交，不需要注册。"
                ),
                Text(words=objection_address(telling.pk)),
                Text(words="提出异议不影响你（单位）依法享有的陈述、申辩等权利。", tone=Tone.NOTE),
            ),
            signers=(Signer(role=Role.PARTY, name=telling.party_name),),
            seal_place=f"（印章）\n{day(telling.told_at)}",
        )
    return Draft(content, letter.request.unit_id)


def _sealed(paper: Paper, by: User) -> None:
    from appraisal.opinions.services import notices

    notices.sealed_on_paper(selectors.access_notice(by, paper.matter_id), by=by)


def register_all() -> None:
    """Offer these papers; called once at start-up."""
    register(Kind("assist_notice", _("协助辨认/鉴别通知书"), NOTICE, assist_notice, completed=_sealed, officers=0))
    register(Kind("party_notice", _("辨认意见告知书"), TELLING, party_notice, officers=0))
