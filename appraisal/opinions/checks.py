"""The six checks of an adoption review, filled as far as the records allow, each saying from which record.

Nothing here decides: what the records leave open is asked of the reviewer, and what they contradict is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from appraisal.opinions import hooks, selectors
from appraisal.opinions.models import HeldLetter, Review, Sample
from appraisal.requests.models import ItemPhoto, RequestItem
from evidence.models import Exhibit
from kernel import clock

Code = Review.Check
YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Found:
    """What the records say of one check, in words, and which records."""

    found: str
    words: str
    source: str


def look(letter: HeldLetter) -> dict[str, dict[str, str]]:
    """All six, as they are kept with a review. Words are kept in Chinese: they become part of the file."""
    with override("zh-hans"):
        said = {
            Code.SUBJECT: _subject(letter),
            Code.AUTHORISATION: _authorisation(letter),
            Code.REGISTRATION: _registration(letter),
            Code.SAME_ITEM: _same_item(letter),
            Code.CONTENT: _content(letter),
            Code.CORROBORATED: _corroborated(letter),
        }
    return {
        code.value: {"found": each.found, "words": each.words, "source": each.source, "answer": "", "note": ""}
        for code, each in said.items()
    }


def _subject(letter: HeldLetter) -> Found:
    holder = letter.right_holder
    party = selectors.organisation(letter.organisation_id)
    source = _("平台入驻登记")
    if party is None:
        return Found(UNKNOWN, _("出具单位不在入驻登记中，请核对主体资格证明。"), source)
    if holder.get("organisation_id") == str(party.pk) and holder.get("uscc") != party.uscc:
        return Found(NO, _("意见书上的统一社会信用代码与入驻登记不同。"), source)
    words = _("%(name)s，统一社会信用代码 %(code)s，以%(role)s身份出具。") % {
        "name": party.name,
        "code": party.uscc,
        "role": letter.get_role_display(),
    }
    if party.state != "active":
        words += _("该单位现已退出或暂停，出具时的资格以意见书所附授权为准。")
    return Found(YES, words, source)


def _moment_day(text: str) -> date:
    return clock.local_date(datetime.fromisoformat(text))


def _authorisation(letter: HeldLetter) -> Found:
    said = letter.authority
    source = _("意见书所附授权 %(number)s") % {"number": said.get("number", "")}
    if not said.get("valid_from") or letter.issued_on is None:
        return Found(UNKNOWN, _("意见书没有写明授权期限或出具日期。"), source)
    begin, end = _moment_day(said["valid_from"]), _moment_day(said["valid_until"])
    words = _("授权期限 %(begin)s 至 %(end)s，出具日期 %(day)s。") % {
        "begin": begin.isoformat(),
        "end": end.isoformat(),
        "day": letter.issued_on.isoformat(),
    }
    return Found(YES if begin <= letter.issued_on <= end else NO, words, source)


def _registration(letter: HeldLetter) -> Found:
    source = _("意见书所列商标与平台公布的商标登记")
    marks = letter.trademarks
    if not marks or letter.issued_on is None:
        return Found(UNKNOWN, _("意见书没有列明商标。"), source)
    register = {each.reg_no: each for each in selectors.trademarks(letter.organisation_id)}
    doubts, wrong = [], []
    for mark in marks:
        known = register.get(mark["reg_no"])
        until = known.valid_until if known is not None else None
        name = f"{mark['name']} {mark['reg_no']}"
        if mark.get("standing") == "under_renewal":
            doubts.append(_("%(mark)s 出具时正在续展") % {"mark": name})
        elif mark.get("standing") == "lapsed" or (until is not None and until < letter.issued_on):
            doubts.append(_("%(mark)s 出具时已过有效期，请查明是否续展") % {"mark": name})
        elif known is None:
            doubts.append(_("%(mark)s 不在公布的登记中") % {"mark": name})
    items = [each.item for each in letter.items.select_related("item") if each.item is not None]
    classes = selectors.nice_classes(items)
    covered = {number for mark in marks for number in mark.get("nice_classes", ())}
    for item in items:
        if item.pk in classes and classes[item.pk] not in covered:
            wrong.append(
                _("“%(name)s”属第 %(number)s 类，商标未覆盖") % {"name": item.product_name, "number": classes[item.pk]}
            )
    if wrong:
        return Found(NO, "；".join([*wrong, *doubts]) + "。", source)
    if doubts:
        return Found(UNKNOWN, "；".join(doubts) + _("。请审查人判断。"), source)
    return Found(YES, _("商标在出具日有效，核定类别覆盖商品。"), source)


def _same_item(letter: HeldLetter) -> Found:
    if letter.came == HeldLetter.Came.REUSE:
        bases = {each.basis for each in letter.items.all()}
        if bases <= {"same_code", "same_run"}:
            words = _("互认依据：唯一编码相同或已确认同批，见互认提示。请与本局照片核对。")
            return Found(UNKNOWN, words, _("互认提示"))
        return Found(NO, _("互认依据不是同一物品或已确认的同批。"), _("互认提示"))
    sent = _digests(letter)
    gone = {sha256 for sha256, state in sent.items() if state == Exhibit.State.WITHDRAWN}
    seals = {each.seal_no: each for each in Sample.objects.filter(request_id=letter.request_id)}
    bad, good = [], 0
    for item in letter.items.all():
        if item.seal_no:
            sample = seals.get(item.seal_no)
            if sample is None:
                bad.append(_("第 %(n)s 项的封签号 %(seal)s 不是本局的") % {"n": item.position, "seal": item.seal_no})
            elif sample.unbroken is False:
                bad.append(_("第 %(n)s 项的封签签收时已破损") % {"n": item.position})
            else:
                good += 1
        elif not item.photo_sha256s:
            bad.append(_("第 %(n)s 项没有写明照片或封签") % {"n": item.position})
        elif unknown := set(item.photo_sha256s) - set(sent):
            bad.append(_("第 %(n)s 项有 %(count)s 张照片不是本局发出的") % {"n": item.position, "count": len(unknown)})
        elif set(item.photo_sha256s) <= gone:
            bad.append(_("第 %(n)s 项的照片已全部撤回") % {"n": item.position})
        else:
            good += 1
    source = _("本局发出的照片摘要和封样记录")
    if bad:
        return Found(NO, "；".join(bad) + "。", source)
    return Found(YES, _("%(n)s 项的照片摘要或封签号与本局记录一致。") % {"n": good}, source)


def _digests(letter: HeldLetter) -> dict[str, str]:
    """Digest of every photo of the request -> the state of its exhibit."""
    rows = ItemPhoto.objects.filter(item__request_id=letter.request_id)
    return dict(rows.values_list("exhibit__sha256", "exhibit__state"))


def _content(letter: HeldLetter) -> Found:
    source = _("电子意见书及其签名验证")
    if letter.pdf_id is None:
        return Found(NO, _("还没有正式的电子意见书。"), source)
    missing = [
        words
        for words, there in (
            (_("鉴定人员"), letter.signers),
            (_("逐项结论"), letter.items.exists()),
            (_("鉴别方式"), letter.exam_mode),
            (_("出具日期"), letter.issued_on),
            (_("意见书编号"), letter.opinion_no),
        )
        if not there
    ]
    if missing:
        return Found(NO, _("缺少：%(what)s。") % {"what": "、".join(missing)}, source)
    if not letter.verified:
        return Found(UNKNOWN, _("要素齐全，签名还没有验证。请先验证签名。"), source)
    if not letter.verified.get("sound"):
        return Found(NO, _("签名验证没有通过，文件可能被改动过。"), source)
    if letter.demonstration:
        return Found(UNKNOWN, _("要素齐全，签名有效；签名用的是演示证书，没有法律效力。"), source)
    return Found(YES, _("要素齐全，签名验证通过，文件未被改动。"), source)


def _corroborated(letter: HeldLetter) -> Found:
    source = _("本系统的告知和异议记录")
    waiting = letter.objections.filter(state__in=("received", "forwarded", "answered")).count()
    if waiting:
        return Found(NO, _("有 %(n)s 件异议没有处理完。") % {"n": waiting}, source)
    told = letter.tellings.order_by("-told_at").first()
    if told is None:
        return Found(NO, _("还没有告知当事人。"), source)
    words = _("已于 %(day)s 告知当事人。") % {"day": clock.local_date(told.told_at).isoformat()}
    if letter.objections.filter(state="upheld").exists():
        return Found(NO, words + _("当事人的异议已认定成立。"), source)
    return Found(UNKNOWN, words + _("请写明有哪些其他证据印证。"), source)


def rows_of(letter: HeldLetter) -> list[dict[str, Any]]:
    """What the review decides item by item: what the letter covers, and what is held beyond it and stays open."""
    goods = {each.item_id: each for each in hooks.ground_of(letter.request).goods}
    rows: list[dict[str, Any]] = []
    seen = set()
    for item in letter.items.select_related("item"):
        held = goods.get(item.item_id) if item.item_id else None
        said = item.quantity
        seen.add(item.item_id)
        over = held.quantity - said if held is not None and said is not None and held.quantity > said else None
        covered = min(held.quantity, said) if held is not None and said is not None else said
        rows.append(
            {
                "item_id": item.item_id,
                "name": item.product_name,
                "quantity": covered,
                "unit": item.unit,
                "covered": True,
                "value": item.value,
                "source": held.source if held is not None else "",
            }
        )
        if over is not None and held is not None:
            rows.append(_open_row(item.item_id, item.product_name, over, held))
    names = dict(RequestItem.objects.filter(request_id=letter.request_id).values_list("pk", "product_name"))
    for item_id, held in goods.items():
        if item_id not in seen and held.quantity:
            rows.append(_open_row(item_id, names.get(item_id, held.name), held.quantity, held))
    return rows


def _open_row(item_id: Any, name: str, quantity: Any, held: hooks.Goods) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "name": name,
        "quantity": quantity,
        "unit": held.unit,
        "covered": False,
        "value": "",
        "source": held.source,
    }


__all__ = ["NO", "UNKNOWN", "YES", "Found", "look", "rows_of"]
