"""鉴定申请 by file: what a case system asks under a case number, and how each request stands.

One row is one kind of goods. Rows of one case make one visit, in which requests form by themselves as they do on the
phone, one for each organisation that answers; goods that were asked about by link already are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import selectors as request_doors
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Site
from audit.move import move
from connections.models import Client
from divisions import selectors as divisions
from evidence import services as evidence
from evidence.models import Exhibit
from kernel.errors import BadInput, Conflict, NotFound404, Problem
from notify.services import tell
from provinces.context import required
from tenants.embedding import selectors as embedding
from tenants.embedding.models import Matter, MatterLink, MatterPhoto
from tenants.embedding.services import matters as matter_services
from tenants.parcels.kinds import Checked, Column, Given, Link, Made, Record, RecordKind, Taken, register
from tenants.parcels.models import TakenRecord
from tenants.parcels.records import matters
from tenants.parcels.records.common import last_moved

KIND = "request"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_QUESTION_LONGEST = 2000
State = AppraisalRequest.State
COLUMNS = (
    Column(name="case_number", label=_("案号"), needed=True, longest=80),
    Column(
        name="officer", label=_("承办人"), longest=80, hint=_("本平台账号，或执法证号。案号已经发来过的，可以不填。")
    ),
    Column(name="barcode", label=_("条码"), longest=20),
    Column(name="product", label=_("产品"), longest=120, hint=_("条码、产品、品牌至少写一项。")),
    Column(name="brand", label=_("品牌"), longest=80),
    Column(name="quantity", label=_("数量"), kind="number"),
    Column(name="unit", label=_("单位"), longest=20),
    Column(name="price_yuan", label=_("标价（元）"), kind="number"),
    Column(name="batch_no", label=_("批号"), longest=60),
    Column(name="county_code", label=_("县级行政区划代码"), longest=6, hint=_("不填：案件所在的县。")),
    Column(name="question", label=_("要问的"), longest=500),
    Column(name="urgent", label=_("加急"), kind="yes_no"),
    Column(
        name="photos",
        label=_("照片的 SHA-256"),
        kind="list",
        longest=64,
        hint=_("照片放在数据包的 attachments 目录里。"),
    ),
    Column(
        name="shots", label=_("拍摄部位"), kind="list", longest=40, hint=_("与照片一一对应；不填：按拍照清单的顺序。")
    ),
    Column(name="no_photo", label=_("没有照片的原因"), longest=200),
    Column(
        name="send",
        label=_("直接发出"),
        kind="yes_no",
        hint=_("是：收入后以承办人的名义发出；不填：留作草稿，由承办人核对后发出。"),
    ),
)
OUT_COLUMNS = (
    Column(name="number", label=_("申请编号")),
    Column(name="case_number", label=_("案号")),
    Column(name="their_refs", label=_("对方编号")),
    Column(name="state", label=_("状态"), choices={str(value): words for value, words in State.choices}),
    Column(name="asked_of", label=_("鉴定方")),
    Column(name="sent_at", label=_("发出时间")),
    Column(name="answered_at", label=_("答复时间")),
    Column(name="verdicts", label=_("辨认结论")),
)


# Coming in ------------------------------------------------------------------------------------------------------------


def _matters(given: Given) -> list[Matter]:
    """Those of this connection under that number, now or before: two are a clash that a person settles."""
    rows = Matter.objects.filter(connection_id=given.connection.id).exclude(state=Matter.State.MERGED)
    return list(
        embedding.numbered(rows, given.said["case_number"]).select_related("officer__unit", "unit").distinct()[:2]
    )


def _officer(given: Given, matter: Matter | None) -> User | None:
    """In whose name it is asked: who the row names, else who has the case; an officer with a unit."""
    if given.said.get("officer"):
        return matters.officer_of(given)
    found = matter.officer if matter is not None else None
    good = found is not None and found.is_active and found.unit is not None and found.has_role(Post.Role.OFFICER)
    return found if good else None


def check(given: Given) -> Checked:
    """The case, its officer, the goods and every photo have to be there; nothing that came by link is made twice."""
    said = given.said
    found = _matters(given)
    if len(found) > 1 or (found and found[0].conflict):
        return Checked(effect="rejected", code="case_ambiguous", column="case_number")
    matter = found[0] if found else None
    if matter is None and not said.get("officer"):
        return Checked(effect="rejected", code="case_unknown", column="case_number")
    officer = _officer(given, matter)
    if officer is None:
        return Checked(effect="rejected", code="officer_unknown", column="officer")
    if not any(said.get(name) for name in ("barcode", "product", "brand")):
        return Checked(effect="rejected", code="goods_missing", column="brand")
    if said.get("county_code") and divisions.county_of(said["county_code"]) is None:
        return Checked(effect="rejected", code="county_missing", column="county_code")
    if matter is not None and not (said.get("county_code") or matter.county_code):
        return Checked(effect="rejected", code="county_missing", column="county_code")
    if said.get("send") and not (said.get("photos") or said.get("no_photo")):
        return Checked(effect="rejected", code="photos_needed", column="photos")
    for digest in said.get("photos", ()):
        if _DIGEST.fullmatch(digest) is None or not _is_here(given, matter, digest):
            return Checked(effect="rejected", code="file_not_here", column="photos", data={"value": digest[:64]})
    known = _by_link(given, matter, officer)
    return Checked(effect="same", record_id=known.pk) if known else Checked(effect="new")


def _id_of(given: Given) -> UUID | None:
    """The id that the other side chose, where its number is one: the same as by API."""
    with suppress(ValueError):
        return UUID(given.ref)
    return None


def _by_link(given: Given, matter: Matter | None, officer: User) -> RequestItem | None:
    """The same goods as they came by API or were photographed here: by their id, or by a photo under that case."""
    chosen = _id_of(given)
    if chosen is not None:
        with suppress(NotFound404):
            return request_doors.access_item(officer, chosen)
    digests = given.said.get("photos", ())
    if matter is None or not digests:
        return None
    hung = ItemPhoto.objects.filter(item__request__in=_requests_of([matter.pk]), exhibit__sha256__in=digests)
    photo = hung.exclude(item__request__state=State.CANCELLED).select_related("item").first()
    return photo.item if photo is not None else None


def _is_here(given: Given, matter: Matter | None, digest: str) -> bool:
    """Whether the package brings the photo or the case has it: a digest opens no other case's photo."""
    stream = given.open(digest)
    if stream is not None:
        stream.close()
        return True
    return matter is not None and matter.photos.filter(sha256=digest, state=MatterPhoto.State.KEPT).exists()


def _kept(digest: str) -> Exhibit | None:
    return Exhibit.objects.filter(owner=required().name, sha256=digest, view_only=False).first()


def keep(given: Given) -> None:
    """Seal the photos that the package brings. Outside any transaction, as `evidence.services.receive` asks."""
    found = _matters(given)
    officer = _officer(given, found[0] if found else None)
    for digest in given.said.get("photos", ()):
        if officer is None or _kept(digest) is not None:
            continue
        stream = given.open(digest)
        if stream is not None:
            with stream:
                evidence.receive(
                    stream,
                    declared_sha256=digest,
                    captured_at=None,
                    source=Exhibit.Source.ALBUM,
                    by=officer,
                    kept_reason=gettext("由“{name}”转来").format(name=given.connection.name)[:200],
                )


def take(given: Given) -> Made:
    """Put the goods on the visit of their case, with photos, as its officer would. Sent, if at all, after all rows."""
    said, found = given.said, _matters(given)
    matter = found[0] if found else None
    officer = _officer(given, matter)
    if officer is None or officer.unit is None or len(found) > 1:
        raise Conflict(_("检查以后案件或承办人有变动。请重新检查这份文件。"), code="case_changed")
    known = _by_link(given, matter, officer)
    if known is not None:
        return _made(known, said["case_number"])
    if matter is None:
        matter = matters.begin(given, officer, officer.unit)
    item = _goods(given, _site(given, matter, officer), officer)
    matter_services.link(matter.pk, MatterLink.Kind.REQUEST, item.request_id)
    _ask(item, said, officer)
    _hang(given, item, matter, officer)
    return _made(item, matter.case_number)


def _made(item: RequestItem, case_number: str) -> Made:
    return Made(record_id=item.pk, title=f"{case_number} {item.product_name}", url=f"/requests/{item.request_id}/")


def _site(given: Given, matter: Matter, officer: User) -> Site:
    """The visit that was begun under the case, by link too; else a new one."""
    county = given.said.get("county_code") or matter.county_code
    if not county:
        raise BadInput(_("不知道在哪个县。请写六位县级区划代码。"), code="county_missing")
    begun = request_doors.sites_of(officer).filter(pk__in=embedding.linked(matter, MatterLink.Kind.SITE))
    site = begun.filter(county_code=county).order_by("-pk").first()
    if site is None:
        where = matter.place or str(matter.party.get("address") or "")
        site = requests.open_site(by=officer, place=requests.Place(county_code=county, place=where[:200]))
        matter_services.link(matter.pk, MatterLink.Kind.SITE, site.pk)
    return site


def _goods(given: Given, site: Site, officer: User) -> RequestItem:
    said, chosen = given.said, _id_of(given)
    item_id = chosen if chosen is not None and not request_doors.items_there([chosen]) else None
    details = {
        field: Decimal(said[name]) for name, field in (("quantity", "quantity"), ("price_yuan", "claimed_price_yuan"))
        if said.get(name)
    }  # fmt: skip
    details |= {
        field: said[name] for name, field in (("unit", "quantity_unit"), ("batch_no", "batch_no")) if said.get(name)
    }
    product_id = _product(said)
    if product_id is not None:
        return requests.add_product(by=officer, site=site, product_id=product_id, item_id=item_id, **details)
    named = said.get("brand") or said.get("product") or said.get("barcode", "")
    item = requests.add_unlisted(
        by=officer, site=site, brand_name=named[:80], product_name=said.get("product", ""),
        barcode=said.get("barcode", ""), item_id=item_id,
    )  # fmt: skip
    return requests.describe_item(by=officer, item_id=item.pk, **details)


def _product(said: Mapping[str, Any]) -> UUID | None:
    """A product of the catalogue: by barcode, or the only one of that name."""
    for words in (said.get("barcode", ""), said.get("product", "")):
        found = catalogue.search(words, 2) if words else []
        if len(found) == 1:
            return found[0].product.pk
    return None


def _ask(item: RequestItem, said: Mapping[str, Any], officer: User) -> None:
    """What is asked goes to the request; two rows of one request ask both."""
    row = AppraisalRequest.objects.get(pk=item.request_id)
    question = said.get("question", "")
    if question and question not in row.question:
        question = f"{row.question}\n{question}".strip()[:_QUESTION_LONGEST]
    if question or said.get("urgent"):
        requests.write_question(
            by=officer,
            request_id=row.pk,
            question=question or row.question,
            urgent=row.urgent or bool(said.get("urgent")),
        )


def _hang(given: Given, item: RequestItem, matter: Matter, officer: User) -> None:
    """Photos on their shots; each is also a photo of the case, so that no launch fetches it again."""
    said = given.said
    codes = [shot["code"] for shot in item.shot_list]
    named = [code for code in said.get("shots", ()) if code in codes]
    free = [code for code in codes if code not in named]
    for place, digest in enumerate(said.get("photos", ())):
        exhibit = _kept(digest)
        if exhibit is None or not _is_here(given, matter, digest):
            raise BadInput(_("有照片没有收到。请对方把照片放进 attachments 目录重新打包。"), code="photo_not_here")
        shot = named[place] if place < len(named) else (free.pop(0) if free else codes[-1])
        requests.add_photo(
            by=officer,
            item_id=item.pk,
            exhibit=exhibit,
            shot_code=shot,
            source="album",
            kept_reason=exhibit.kept_reason,
        )
        _known_photo(matter, exhibit, officer)
    if said.get("no_photo") and not said.get("photos"):
        requests.mark_absent(by=officer, item_id=item.pk, shot_code=codes[0], reason=said["no_photo"])


def _known_photo(matter: Matter, exhibit: Exhibit, officer: User) -> None:
    row, _new = MatterPhoto.objects.get_or_create(
        matter=matter, sha256=exhibit.sha256, defaults={"by": officer, "position": matter.photos.count()}
    )
    if row.state == MatterPhoto.State.FAILED:
        row = move(row, "retry", by=officer)
    if row.state == MatterPhoto.State.WAITING:
        move(row, "keep", by=officer, exhibit=exhibit)


def finish(connection: Link, by: User, taken: Sequence[Taken]) -> None:
    """Send the requests whose rows all say so; the officer of the others is told that they wait."""
    wanted = {each.record_id: bool(each.said.get("send")) for each in taken}
    drafts = AppraisalRequest.objects.filter(items__in=list(wanted), state=State.DRAFT).select_related("officer")
    waiting: dict[UUID, list[AppraisalRequest]] = {}
    for draft in drafts.distinct().order_by("pk"):
        ids = set(draft.items.values_list("pk", flat=True))
        if not all(wanted.get(item_id, False) for item_id in ids) or not _sent(draft):
            waiting.setdefault(draft.officer_id, []).append(draft)
    for officer_id, rows in waiting.items():
        tell(
            to=[officer_id],
            code="parcel_requests",
            title=_("文件送来的鉴定申请等您核对发出"),
            body=f"{connection.name} · " + "、".join(each.brand_name for each in rows[:5]),
            url=f"/requests/{rows[0].pk}/" if len(rows) == 1 else f"/sites/{rows[0].site_id}/",
        )


def _sent(draft: AppraisalRequest) -> bool:
    try:
        requests.send(by=draft.officer, request_id=draft.pk)
    except Problem:
        return False  # its officer is told, and sees on its page what is missing
    return True


# Going out ------------------------------------------------------------------------------------------------------------


def _requests_of(matter_ids: Iterable[UUID]) -> QuerySet[AppraisalRequest]:
    links = MatterLink.objects.filter(matter_id__in=list(matter_ids))
    return AppraisalRequest.objects.filter(
        Q(site_id__in=links.filter(kind=MatterLink.Kind.SITE).values("object_id"))
        | Q(pk__in=links.filter(kind=MatterLink.Kind.REQUEST).values("object_id"))
    )


def out(connection: Link, since: datetime, until: datetime) -> Iterator[Record]:
    """Requests under cases of this connection, or made by its programs, in which something happened in this time."""
    living = Matter.objects.filter(connection_id=connection.id).exclude(state=Matter.State.MERGED)
    programs = Client.objects.filter(connection_id=connection.id).values("user_id")
    rows = _requests_of(living.values_list("pk", flat=True)) | AppraisalRequest.objects.filter(officer__in=programs)
    mine = rows.exclude(state=State.DRAFT)
    moved = last_moved("requests.appraisalrequest", mine.values_list("pk", flat=True), since, until)
    came = dict(TakenRecord.objects.filter(connection_id=connection.id, kind=KIND).values_list("record_id", "ref"))
    numbers = embedding.matters_by_object(list(moved))
    found = request_doors.with_everything(AppraisalRequest.objects.filter(pk__in=moved)).order_by("pk")
    for row in found:
        cases = [each.case_number for each in numbers.get(row.pk, []) if each.connection_id == connection.id]
        yield Record(id=row.pk, at=moved[row.pk], said=_said(row, cases, came))


def _said(row: AppraisalRequest, cases: list[str], came: Mapping[UUID, str]) -> dict[str, Any]:
    items = list(row.items.all())
    refs = [came[item.pk] for item in items if item.pk in came]
    verdicts = [(item, request_doors.standing(item.verdicts.all())) for item in items]
    return {
        "number": row.number,
        "case_number": "、".join(cases),
        "their_refs": [ref for ref in refs if not ref.startswith("#")],
        "state": row.state,
        "asked_of": row.organisation_name or row.brand_name,
        "sent_at": row.sent_at.isoformat() if row.sent_at else "",
        "answered_at": row.answered_at.isoformat() if row.answered_at else "",
        "verdicts": [f"{item.product_name}：{given.get_value_display()}" for item, given in verdicts if given],
    }


def register_all() -> None:
    """Offer the kind."""
    register(
        RecordKind(
            name=KIND,
            label=_("鉴定申请"),
            columns=COLUMNS,
            out_columns=OUT_COLUMNS,
            out=out,
            check=check,
            take=take,
            keep=keep,
            finish=finish,
            for_kinds=frozenset({"case_system", "department", "other"}),
            title="product",
        )
    )
