"""线索移送函 and 线索通报: what they say of a clue, and the clue they become at the addressee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from divisions.resolving import Hints
from federation.contracts.official import (
    BulletinV1,
    ClueBulletinCopyV1,
    ClueBulletinV1,
    ClueTransferV1,
    HeadV1,
    ProductV1,
    SubjectV1,
)
from federation.letters.post import Envelope
from kernel.errors import Words
from papers.content import Block, Facts, Text, Tone
from tenants.clues.models import Clue
from tenants.clues.services.arriving import lay_before_the_desk
from tenants.clues.services.registering import NewClue, Product, Source, known_source, register
from tenants.clues.services.reports import province_division
from tenants.correspondence.kinds import KindSpec, Setting
from tenants.correspondence.kinds.forms import AcceptForm, ClueBulletinForm, ClueTransferForm
from tenants.correspondence.models import OfficialLetter

RECORD = "official_letter"


def facts_of(clue: Clue) -> dict[str, Any]:
    """What a letter says of the clue it is about. Nothing of who reported it."""
    value = clue.estimated_value
    return {
        "clue_number": clue.number,
        "subject": {
            "kind": clue.subject_kind, "name": clue.subject_name, "code": clue.subject_code,
            "phone": clue.subject_phone, "account": clue.subject_account,
        },
        "address": clue.address_raw, "place_role": clue.place_role, "division_code": clue.division_code,
        "channel": clue.channel, "chain_stage": clue.chain_stage, "violations": list(clue.violations),
        "products": [
            {
                "brand_name": each.brand_name, "product_name": each.product_name,
                "brand_id": str(each.brand_id) if each.brand_id else None,
                "product_id": str(each.product_id) if each.product_id else None,
            }
            for each in clue.products.all()
        ],
        "estimated_value_yuan": str(value) if value is not None else "",
    }  # fmt: skip


def _about(letter: OfficialLetter) -> dict[str, Any]:
    return facts_of(letter.clue) if letter.clue is not None and letter.is_out else dict(letter.fields.get("about", {}))


def _started(setting: Setting) -> dict[str, Any]:
    clue = setting.clue
    if clue is None:
        return {}
    about = "、".join(dict.fromkeys(f"{each.brand_name}{each.product_name}" for each in clue.products.all()))
    place = clue.out_of_province.get("name") or clue.division_why.get("path", "")
    return {
        "title": _("移送{subject}涉嫌{what}线索").format(
            subject=clue.subject_name or place or _("有关当事人"), what=_what(clue) + (f"（{about}）" if about else "")
        ),
        "summary": clue.content,
        "jurisdiction_reason": _("违法行为发生地（{place}）在贵单位辖区。").format(place=place) if place else "",
        "suggestion": _("请依法核查处理，并反馈结果。"),
        "urgent": clue.priority == Clue.Priority.URGENT,
    }


def _what(clue: Clue) -> str:
    words = [str(Clue.Violation(each).label) for each in clue.violations if each in Clue.Violation.values]
    return "、".join(words) or _("违法")


def _transfer(letter: OfficialLetter, head: HeadV1) -> ClueTransferV1:
    about = _about(letter)
    return ClueTransferV1(
        head=head,
        clue_number=about.get("clue_number", ""),
        jurisdiction_reason=letter.fields["jurisdiction_reason"],
        urgent=bool(letter.fields.get("urgent")),
        **_parts(about),
    )


def _parts(about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "subject": SubjectV1(**about.get("subject", {})),
        "products": tuple(ProductV1(**each) for each in about.get("products", [])),
        **{
            name: about[name]
            for name in ("address", "place_role", "division_code", "channel", "chain_stage", "estimated_value_yuan")
            if name in about
        },
        "violations": tuple(about.get("violations", ())),
    }


def _bulletin(letter: OfficialLetter, head: HeadV1) -> ClueBulletinV1:
    about = _about(letter)
    return ClueBulletinV1(
        said=BulletinV1(
            head=head,
            clue_number=about.get("clue_number", ""),
            features=letter.fields.get("features", ""),
            subject=SubjectV1(**about.get("subject", {})),
            products=tuple(ProductV1(**each) for each in about.get("products", [])),
            group_name=letter.terms.get("group_name", ""),
        )
    )


def _read_transfer(message: ClueTransferV1, envelope: Envelope) -> dict[str, Any]:
    said = message.model_dump(mode="json", exclude={"head", "jurisdiction_reason", "urgent"})
    return {"jurisdiction_reason": message.jurisdiction_reason, "urgent": message.urgent, "about": said}


def _read_bulletin(message: ClueBulletinV1 | ClueBulletinCopyV1, envelope: Envelope) -> dict[str, Any]:
    said = message.said.model_dump(mode="json", include={"clue_number", "subject", "products"})
    return {"features": message.said.features, "group_name": message.said.group_name, "about": said}


# Taking it on ---------------------------------------------------------------------------------------------------------


def become_clue(letter: OfficialLetter, by: User, answers: Mapping[str, Any]) -> str:
    """Register the clue that a letter brings, with its source, its goods and its pictures. Returns its number.

    It is routed as every clue is; a letter that became a clue already gives the same one.
    """
    source = Source(
        kind=Clue.SourceKind.TRANSFER_IN, name=letter.peer_name, ref=letter.document_no, record_kind=RECORD,
        record_id=str(letter.pk),
    )  # fmt: skip
    known = known_source(source)
    clue = known.clue if known is not None else _register(letter, source, by, answers)
    OfficialLetter.objects.filter(pk=letter.pk).update(clue=clue)
    return clue.number


def _register(letter: OfficialLetter, source: Source, by: User, answers: Mapping[str, Any]) -> Clue:
    about, subject = letter.fields.get("about", {}), letter.fields.get("about", {}).get("subject", {})
    urgent = bool(letter.fields.get("urgent") or answers.get("urgent"))
    clue = register(
        NewClue(
            desk=letter.own_unit,
            source=source,
            title=letter.title,
            content="\n".join(each for each in (letter.summary, letter.fields.get("features", "")) if each),
            subject_kind=_one_of(subject.get("kind"), Clue.SubjectKind, Clue.SubjectKind.UNKNOWN),
            subject_name=subject.get("name", ""),
            subject_code=subject.get("code", ""),
            subject_phone=subject.get("phone", ""),
            subject_account=subject.get("account", ""),
            address_raw=about.get("address", ""),
            place_role=_one_of(about.get("place_role"), Clue.PlaceRole, ""),
            hints=Hints(province=province_division()),
            channel=_one_of(about.get("channel"), Clue.Channel, Clue.Channel.OFFLINE),
            chain_stage=_one_of(about.get("chain_stage"), Clue.ChainStage, ""),
            violations=[each for each in about.get("violations", []) if each in Clue.Violation.values],
            estimated_value=_yuan(about.get("estimated_value_yuan", "")),
            priority=Clue.Priority.RAISED if urgent else Clue.Priority.NORMAL,
            priority_why=_("外省移送的急件") if urgent else "",
            products=[Product(**each) for each in about.get("products", [])],
            exhibits=[
                (row.exhibit_id, row.item[:80])
                for row in letter.items.all()
                if row.exhibit_id is not None
            ],
        ),
        by=by,
    )  # fmt: skip
    return lay_before_the_desk(clue, by=by)


def _one_of(value: Any, choices: Any, otherwise: str) -> str:
    return str(value) if value in choices.values else otherwise


def _yuan(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


# On paper -------------------------------------------------------------------------------------------------------------


def _paper(letter: OfficialLetter) -> Sequence[Block]:
    about, said = _about(letter), letter.fields
    subject = about.get("subject", {})
    goods = "、".join(f"{each['brand_name']}{each.get('product_name') or ''}" for each in about.get("products", []))
    rows = [
        ("线索编号", about.get("clue_number", "")),
        ("被反映主体", "　".join(each for each in (subject.get("name"), subject.get("code")) if each)),
        ("地址", about.get("address", "")),
        ("涉及商品", goods),
        ("估计货值（元）", about.get("estimated_value_yuan", "")),
    ]
    blocks: list[Block] = [Facts(rows=tuple(row for row in rows if row[1]))] if any(row[1] for row in rows) else []
    if said.get("jurisdiction_reason"):
        blocks += [Text(words="管辖理由", tone=Tone.HEADING), Text(words=said["jurisdiction_reason"])]
    if said.get("features"):
        blocks += [Text(words="识别特征和作案手法", tone=Tone.HEADING), Text(words=said["features"])]
    return blocks


def _shown(letter: OfficialLetter) -> Sequence[tuple[str, str]]:
    about = _about(letter)
    subject = about.get("subject", {})
    products = about.get("products", [])
    goods = "、".join(f"{each['brand_name']} {each.get('product_name') or ''}".strip() for each in products)
    named = (subject.get("name"), subject.get("code"), subject.get("account"), subject.get("phone"))
    rows = (
        (_("被反映主体"), "　".join(each for each in named if each)),
        (_("地址"), about.get("address", "")),
        (_("涉及商品"), goods),
        (_("估计货值（元）"), about.get("estimated_value_yuan", "")),
        (_("对方线索编号") if not letter.is_out else _("线索编号"), about.get("clue_number", "")),
    )
    return [row for row in rows if row[1]]


def _texts(fields: Mapping[str, Any]) -> Sequence[tuple[Words, str]]:
    return (
        (gettext_lazy("管辖理由"), fields.get("jurisdiction_reason", "")),
        (gettext_lazy("识别特征和作案手法"), fields.get("features", "")),
    )


def _accept_form(data: Mapping[str, Any] | None, letter: OfficialLetter, by: User) -> forms.Form:
    return AcceptForm(data, initial={"urgent": letter.fields.get("urgent")})


def _head_of_bulletin(message: Any) -> HeadV1:
    return cast("HeadV1", message.said.head)


CLUE_TRANSFER = KindSpec(
    code="clue_transfer",
    words=gettext_lazy("线索移送函"),
    number_word="线移",
    messages=(ClueTransferV1,),
    form=lambda data, setting: ClueTransferForm(data),
    started=_started,
    build=_transfer,
    read=_read_transfer,
    texts=_texts,
    paper=_paper,
    facts=_shown,
    needs="clue",
    terms_kind="clue_transfer",
    on_accept=become_clue,
    accept_form=_accept_form,
)
CLUE_BULLETIN = KindSpec(
    code="clue_bulletin",
    words=gettext_lazy("线索通报"),
    number_word="通报",
    messages=(ClueBulletinV1, ClueBulletinCopyV1),
    form=lambda data, setting: ClueBulletinForm(data),
    started=_started,
    build=_bulletin,
    head_of=_head_of_bulletin,
    read=_read_bulletin,
    texts=_texts,
    paper=_paper,
    facts=_shown,
    to=frozenset({"provinces"}),
    on_accept=become_clue,
    accept_form=_accept_form,
)
