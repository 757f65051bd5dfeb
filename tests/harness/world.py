"""Everybody at once, with a row of every kind that has an address, in two provinces, two houses and the office.

`build()` commits; take it with `border`. Rows are named by the argument that an address takes: `world.ids["gx"]
["request_id"]`. Owners: gx, gz (provinces), lan, he (houses), mall, bazaar (e-commerce platforms), office.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from harness import (
    agreement_rows,
    answer_rows,
    assist_rows,
    broker_rows,
    campaign_rows,
    connection_rows,
    correspondence_rows,
    embedding_rows,
    jointcase_rows,
    library_rows,
    linkage_rows,
    matching_rows,
    peers_rows,
    people,
    people_sync_rows,
    platform_rows,
    retention_rows,
    signon_rows,
    usage_rows,
    webhook_rows,
)

from accounts.imports import jobs
from accounts.models import Post, Unit, User
from appraisal.catalogue import services as catalogue
from appraisal.desk import services as desk
from appraisal.desk.models import DeskAppointment, DeskAssistance, DeskConsultation, DeskPosting, DeskTask
from appraisal.issuing import services as issuing
from appraisal.issuing.models import Mailing, Notice, Objection, ReuseOffer, Sample, SigningCertificate
from appraisal.opinions import models as opinions
from appraisal.opinions.services import notices, objections, reviews
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest
from audit import log
from audit.models import LogCheck
from evidence import matters, packages, resumable, sheets, withdrawals
from evidence.models import Quarantined, Transfer
from federation.contracts.addresses import Address
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery
from federation.parties import services as parties
from federation.parties.models import Document, DutyAbsence, DutySlot, Mandate, Membership
from federation.parties.selectors import acting_organisations
from gateway.tokens import make_token
from kernel import clock, uscc
from kernel.ids import uuid7
from notify.services import tell
from papers import services as papers
from provinces import context
from provinces.seats import BRANDS, OFFICE, Seat, province_seat
from tenants.bundles import services as bundles
from tenants.cases import services as cases
from tenants.clues.models import (
    BatchRun,
    ClueExport,
    ClueImport,
    Competence,
    CompetenceSuggestion,
    FieldCode,
    Target,
)
from tenants.clues.services import arriving as clue_arriving
from tenants.clues.services import asking as clue_asking
from tenants.clues.services import assessing as clue_assessing
from tenants.clues.services import dispatching as clue_dispatching
from tenants.clues.services import ledger_views
from tenants.clues.services import registering as clues
from tenants.clues.services import supervising as clue_supervising
from tenants.clues.services import working as clue_working
from tenants.inspections import seizure_services as seizures
from tenants.inspections import services as inspections
from tenants.inspections.models import Lot

USCC = "91350100M000100Y43"
OTHER_USCC = "91350100M000200Y4" + uscc.check_character("91350100M000200Y4")
HOSTS = {
    "gx": "gx", "gz": "gz", "gd": "gd", "lan": "brands", "he": "brands", "mall": "brands", "bazaar": "brands",
    "office": "federation",
}  # fmt: skip


class Rows(dict[str, Any]):
    """Ids by the argument that an address takes. An argument stands for one row: a second one would hide the first."""

    def __ior__(self, more: dict[str, Any]) -> Rows:  # type: ignore[override,misc]
        twice = sorted(name for name in more if name in self and self[name] != more[name])
        assert not twice, f"another row is called so already: {twice}"
        self.update(more)
        return self


@dataclass
class World:
    """people["gx"]["chen"] is a User of that owner; ids["gx"]["request_id"] the id of one of its rows."""

    people: dict[str, dict[str, User]] = field(default_factory=dict)
    ids: defaultdict[str, Rows] = field(default_factory=lambda: defaultdict(Rows))
    houses: dict[str, people.House] = field(default_factory=dict)
    platforms: dict[str, Any] = field(default_factory=dict)

    def seat(self, owner: str) -> Seat:
        """The seat where an owner's people sign in."""
        return {"brands": BRANDS, "federation": OFFICE}.get(HOSTS[owner]) or province_seat(owner)


def build(between: Callable[[World], None] = lambda world: None) -> World:
    """Seed it all. between: called after each step that others build on."""
    world = World()
    people.divisions()
    world.houses = {
        "lan": people.brand_house("岚壑春"),
        "he": people.brand_house("和砚斋", suffix="2"),
    }
    for code, county in (("gx", people.NANNING), ("gz", "520382")):
        _bureau(world, code, county)
    between(world)
    for name in world.houses:
        _house(world, name)
    _office(world)
    between(world)
    for code, house in (("gx", "lan"), ("gz", "he")):
        _main_job(world, code, house)
    between(world)
    for code, house in (("gx", "lan"), ("gz", "he")):
        _letter(world, code, house)
    between(world)
    for code in ("gx", "gz"):
        _seizure(world, code)
        _clue_work(world, code)
    for code, house in (("gx", "lan"), ("gz", "he")):
        _opinions(world, code, house)
    between(world)
    for code in ("gx", "gz"):
        _clues(world, code)
        _clue_intake(world, code)
    between(world)
    for code, house in (("gx", "lan"), ("gz", "he")):
        made = world.houses[house], world.people[house]["rights"], world.people[code]["chen"]
        world.ids[house] |= answer_rows.of_a_house(made[0], made[1], code)
        world.ids[code] |= answer_rows.of_a_province(made[0], made[2], code)
    for code, house in (("gx", "lan"), ("gz", "he")):
        world.ids[code] |= campaign_rows.fill(code, organisation_id=world.houses[house].organisation.pk)
        world.ids[code] |= correspondence_rows.fill(code)
        world.ids[code] |= assist_rows.fill(code)
        world.ids[code] |= signon_rows.fill(code)
        world.ids[code] |= people_sync_rows.fill(code, huang=world.people[code]["huang"])
        world.ids[code] |= matching_rows.of_a_province(code, world.people[code]["wei"])
        world.ids[house] |= matching_rows.of_a_house(world.houses[house].organisation.pk)
        world.ids[code] |= jointcase_rows.fill(code, organisation_id=world.houses[house].organisation.pk)
    world.ids["office"] |= matching_rows.of_the_office()
    agreement_rows.fill(world)
    between(world)
    for code in ("gx", "gz"):
        world.ids[code] |= broker_rows.fill(code, world.people[code]["chen"].unit_id)
    world.ids["office"] |= broker_rows.fill_office()
    deliver_everywhere()
    for house in world.houses:
        world.ids[house]["room_id"] = jointcase_rows.of_a_house(world.houses[house].organisation.pk)
    world.ids["office"]["room_id"] = jointcase_rows.of_the_office()
    for code in ("gx", "gz"):
        world.ids[code] |= connection_rows.fill(province_seat(code), by=world.people[code]["huang"])
        world.ids[code] |= embedding_rows.fill(code, world.ids[code]["connection_id"])
    for house in ("lan", "he"):
        organisation_id = world.houses[house].organisation.pk
        by = world.people[house]["admin"]
        world.ids[house] |= connection_rows.fill(BRANDS, by=by, organisation_id=organisation_id)
    world.ids["office"] |= connection_rows.fill(OFFICE, by=world.people["office"]["zhao"])
    for code in ("gx", "gz"):
        world.ids[code]["statement_id"] = usage_rows.fill(Address.province(code))
    for house in ("lan", "he"):
        world.ids[house]["statement_id"] = usage_rows.fill(Address.organisation(world.houses[house].organisation.pk))
    world.ids["office"]["statement_id"] = usage_rows.fill(Address.province("gx"), at=OFFICE)
    for owner in ("gx", "gz", "office"):
        world.ids[owner]["unit_ref"] = people.NANNING
    for owner in ("gx", "gz", "lan", "he", "office"):
        world.ids[owner] |= webhook_rows.fill(world.seat(owner), world.ids[owner]["connection_id"])
    for code in ("gx", "gz"):
        named = {name: world.people[code][name] for name in ("huang", "chen", "wei")}
        world.ids[code] |= linkage_rows.fill(code, **named)
        world.ids[code] |= retention_rows.fill(code, system=named["huang"], leader=named["wei"])
    for house in world.houses:
        with context.seat(BRANDS):
            world.ids[house]["posting_id"] = DeskPosting.objects.get(organisation=world.houses[house].organisation).pk
    for code, house in (("gx", "lan"), ("gz", "he")):
        _stuck(world, code, house)
    world.ids["office"]["exhibit_id"] = world.ids["gx"]["exhibit_id"]
    for owner in ("gx", "gz", "office"):
        _sealed_log(world, owner)
    for owner, name in (("gx", "chen"), ("gz", "chen"), ("lan", "lin"), ("he", "lin"), ("office", "zhao")):
        person = world.people[owner][name]
        with context.seat(world.seat(owner)):
            (notice,) = tell(to=[person.pk], code="enrolment", title="有新消息", url="/")
            row, _token = make_token(user=person, seat=world.seat(owner).name, name="spare")
        world.ids[owner] |= {"notice_id": notice.pk, "token_id": row.pk}
    platform_rows.fill(world)
    return world


def add_province(world: World, code: str) -> None:
    """One more bureau with its people, and nothing else."""
    _bureau(world, code, people.NANNING)


def _bureau(world: World, code: str, county: str) -> None:
    bureau = people.bureau(code, county)
    with context.province(code):
        spare = User.objects.create_user(f"{code}-spare", name="覃某", title="覃队长", unit=bureau.unit)
        post = Post.objects.create(user=spare, unit=bureau.unit, role=Post.Role.OFFICER)
        top = bureau.huang.unit
        second = type(bureau.unit).objects.create(
            code=f"{code}-2", name="城关所", kind="market_supervision_station", parent=bureau.unit, division_code=county
        )
        elsewhere = type(bureau.unit).objects.create(
            code=f"{code}-3", name="西城区局", kind="county_bureau", parent=top, division_code=county
        )
        mo = User.objects.create_user("mo", name="莫某", title="莫队长", unit=elsewhere)
        Post.objects.create(user=mo, unit=elsewhere, role=Post.Role.OFFICER)
        text = "姓名,账号,手机号,执法证号,单位编码\n张某,zhang,13800000001,桂A1,none\n"
        job = jobs.upload(content=text.encode(), file_name="people.csv", is_complete=False, by=bureau.huang)
        held = Quarantined.objects.create(
            draft_id=uuid7(), by_id=spare.pk, by_name="覃某", object_key=f"{code}/quarantine/00/x", sha256="0" * 64,
            size_bytes=9, source="camera",
        )  # fmt: skip
    world.people[code] = {"chen": bureau.chen, "huang": bureau.huang, "wei": bureau.wei, "mo": mo}
    world.ids[code] |= {
        "user_id": spare.pk, "post_id": post.pk, "unit_id": second.pk, "job_id": job.pk, "held_id": held.pk,
        "top_id": top.pk,
    }  # fmt: skip


def _house(world: World, name: str) -> None:
    house = world.houses[name]
    with context.owner():
        admin = User.objects.create_user(
            f"{name}-admin", name="何某", title="何主任", phone=f"+86139000000{len(name)}1"
        )
        rights = User.objects.create_user(f"{name}-rights", name="沈某", title="沈专员")
        Membership.objects.create(user=admin, organisation=house.organisation, role="brand_admin")
        Membership.objects.create(user=rights, organisation=house.organisation, role="rights_staff")
        other = User.objects.create_user(f"{name}-second", name="方某")
        Membership.objects.create(user=other, organisation=house.organisation, role="rights_staff")
    world.people[name] = {"lin": house.lin, "wang": house.wang, "admin": admin, "rights": rights}
    with context.seat(BRANDS):
        acting = acting_organisations(admin)[0]
        catalogue.draft_of(acting=acting, product_id=house.product.pk)
        picture = io.BytesIO(people.jpeg("reference"))
        reference = catalogue.keep_reference(
            product=house.product, shot_code="front_label", data=picture.read(), title="正标", by=admin
        )
        document = Document.objects.create(
            organisation=house.organisation, title="委托书", **parties.files.keep(io.BytesIO(b"%PDF-1.7 x"),
            organisation_id=house.organisation.pk).fields(),
        )  # fmt: skip
        membership = Membership.objects.get(user=house.lin)
        absence = DutyAbsence.objects.create(
            membership=membership, from_at=clock.now() + timedelta(days=2), until_at=clock.now() + timedelta(days=3)
        )
        slot = DutySlot.objects.filter(membership=membership).first()
    with context.owner():
        agent = people.Organisation.objects.create(kind="agency", name=f"代理 {name}", uscc=f"AGENT{name.upper():0<13}")
        mandate = Mandate.objects.create(
            kind="power_of_attorney", agent=agent, principal=house.organisation, state="offered",
            valid_from=clock.today(), valid_until=people.tomorrow(),
        )  # fmt: skip
    world.ids[name] |= {
        "user_id": other.pk, "authorisation_id": house.authorisations["wang"].pk, "document_id": document.pk,
        "product_id": house.product.pk, "reference_id": reference.pk, "row_id": slot.pk, "absence_id": absence.pk,
        "mandate_id": mandate.pk, "checkpoint_id": house.checkpoint.pk, "membership_id": membership.pk,
        "organisation_id": house.organisation.pk,
    }  # fmt: skip


def _office(world: World) -> None:
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
        parties.count_wanted(brand_name="远山", province_code="gx", at=clock.now())
    with context.seat(BRANDS):
        rows = []
        for name, code in (("云岫酒业", USCC), ("石棠农资", OTHER_USCC)):
            enrolment = parties.write_enrolment(
                kind="brand_enterprise", name=name, uscc=code, contact_name="周某",
                contact_phone=f"1990000000{len(rows)}", brands=name[:2],
                trademarks=[{"reg_no": f"123456{len(rows)}", "name": name[:2], "nice_classes": [33]}],
            )  # fmt: skip
            parties.add_enrolment_document(enrolment=enrolment, file=io.BytesIO(b"%PDF-1.7 x"), title="营业执照")
            rows.append(parties.submit_enrolment(enrolment=enrolment))
        document = rows[0].documents.get()
    world.people["office"] = {"zhao": zhao}
    world.ids["office"] |= {
        "enrolment_id": rows[0].pk, "document_id": document.pk, "code": rows[0].code,
        "organisation_id": world.houses["he"].organisation.pk, **peers_rows.of_the_office(zhao),
    }  # fmt: skip


def _main_job(world: World, code: str, house_name: str) -> None:
    """Two requests of 陈队长: one answered with a verdict, one claimed; and what is said around them."""
    house, chen = world.houses[house_name], world.people[code]["chen"]
    soon = clock.now() + timedelta(days=3)
    sent = []
    with context.province(code):
        for number in range(2):
            site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
            item = requests.add_product(by=chen, site=site, product_id=house.product.pk)
            photo = requests.add_photo(
                by=chen, item_id=item.pk, exhibit=people.sealed_photo(chen, f"{code} {number}"),
                shot_code="front_label", source="camera",
            )  # fmt: skip
            sent.append((requests.send(by=chen, request_id=item.request_id), item, photo, site))
        draft_site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING))
        draft = requests.add_product(by=chen, site=draft_site, product_id=house.product.pk)
        draft_photo = requests.add_photo(
            by=chen, item_id=draft.pk, exhibit=people.sealed_photo(chen, f"{code} draft"), shot_code="front_label",
            source="camera",
        )  # fmt: skip
        request, item, photo, site = sent[0]
        consultation = requests.consult(
            by=chen, organisation_id=house.organisation.pk, subject="请教", text="批号在哪里？"
        )
        assistance = requests.ask_assistance(
            by=chen, organisation_id=house.organisation.pk, subject="到场辨认", text="请派员", reply_by=soon,
            county_code=people.NANNING,
        )  # fmt: skip
        appointment = requests.ask_onsite(by=chen, request_id=request.pk, meet_at=soon, contact="陈队长")
        matter = matters.access(chen, "request", sent[1][0].pk)
        sheet = sheets.open_sheet(kind="record", matter=matter, by=chen)
        package = packages.seal(matter=matter, exhibit_ids=[sent[1][2].exhibit_id], title="移送", by=chen)
        withdrawal = withdrawals.ask(draft_photo.exhibit, by=chen, reason="误传")
        transfer = Transfer.objects.create(
            direction="out", package_id=package.pk, package_sha256=package.sha256, title="移送", other="office",
            other_name="某局", purpose="协助", items=package.manifest["items"], by_id=chen.pk, by_name="陈队长",
        )  # fmt: skip
        bundle = bundles.ask(matter=matter, variant="full", purpose="移送", by=chen)
    deliver_everywhere()
    seat = people.desk(house, house.lin)
    with context.seat(BRANDS):
        tasks = [DeskTask.objects.get(request_id=each[0].pk) for each in sent]
        for task in tasks:
            desk.claim(desk=seat, task_id=task.pk)
        first = tasks[0].items.get()
        asked = desk.ask_again(
            desk=seat, task_id=tasks[0].pk, item_id=first.pk, shot_code="batch_code", reason="批号不清"
        )
        opinion = desk.answer(
            desk=seat,
            task_id=tasks[0].pk,
            answers=[desk.ItemAnswer(item_id=first.pk, value=VerdictValue.COUNTERFEIT, reasons="烫金边缘毛糙")],
        )
        template = desk.keep_template(desk=seat, use="retake", text="反光，请换个角度")
        kept = desk.keep_filter(desk=seat, name="急件", query="urgent=1")
        world.ids[house_name] |= {
            "task_id": tasks[1].pk, "answered_task_id": tasks[0].pk, "verdict_id": opinion.verdicts.get().pk,
            "opinion_id": opinion.pk, "exhibit_id": first.photos.first().exhibit_id,
            "appointment_id": DeskAppointment.objects.get(task=tasks[0]).pk,
            "consultation_id": DeskConsultation.objects.get(consultation_id=consultation.pk).pk,
            "assistance_id": DeskAssistance.objects.get(task_id=assistance.pk).pk,
            "template_id": template.pk, "filter_id": kept.pk, "item_id": tasks[1].items.get().pk,
        }  # fmt: skip
    deliver_everywhere()
    library_ids, shown_ids = library_rows.fill(seat, house, code, answered=request.pk, waiting=sent[1][0].pk)
    world.ids[house_name] |= library_ids
    world.ids[code] |= shown_ids
    _inspection(world, code)
    world.ids[code] |= {
        "request_id": sent[1][0].pk, "answered_request_id": request.pk, "site_id": draft_site.pk,
        "item_id": draft.pk, "sent_item_id": item.pk, "photo_id": draft_photo.pk, "exhibit_id": photo.exhibit_id,
        "appointment_id": appointment.pk, "supplement_id": asked.pk, "consultation_id": consultation.pk,
        "task_id": assistance.pk, "product_id": house.product.pk,
        "organisation_id": house.organisation.pk, "sent_site_id": site.pk, "matter_id": sent[1][0].pk,
        "sheet_id": sheet.pk, "package_id": package.pk, "withdrawal_id": withdrawal.pk, "transfer_id": transfer.pk,
        "bundle_id": bundle.pk,
    }  # fmt: skip
    with context.province(code):
        page = f"/items/{draft.pk}/photos/"
        upload = resumable.begin(resumable.Sender(chen), length=9, target=page, fields={"sha256": "0" * 64})
    world.ids[code]["upload_id"] = upload.pk


def _letter(world: World, code: str, house_name: str) -> None:
    """An opinion letter of the answered task, with everything that may hang on one."""
    now, house = clock.now(), world.houses[house_name]
    with context.seat(BRANDS):
        acting = acting_organisations(world.people[house_name]["lin"])[0]
        task = DeskTask.objects.get(pk=world.ids[house_name]["answered_task_id"])
        letter = issuing.make(acting=acting, task_id=task.pk)
        came = {"province_code": code, "organisation": house.organisation, "thread": task.thread, "task": task}
        sent = {"courier": "顺丰", "waybill_no": "SF0", "sent_on": now}
        notice = Notice.objects.create(
            **came, notice_id=uuid7(), letter_id=uuid7(), document_no="某〔2026〕1号", unit_name="某局", issued_at=now,
            reply_due_at=now, said={"questions": [], "items": [], "officers": []},
        )  # fmt: skip
        sample = Sample.objects.create(
            **came, **sent, sample_id=uuid7(), letter_id=uuid7(), description="一瓶", seal_no="封 1"
        )
        objection = Objection.objects.create(
            objection_id=uuid7(), province_code=code, letter=letter, thread=task.thread, post_id=uuid7(), text="不服",
            lodged_at=now, answer_by=now,
        )  # fmt: skip
        mailing = Mailing.objects.create(letter=letter, by_name="林工", **sent)
        other = DeskTask.objects.get(pk=world.ids[house_name]["task_id"])
        offer = ReuseOffer.objects.create(letter=letter, task=other, explained="同码", offered_at=now)
        certificate = SigningCertificate.objects.create(
            organisation=house.organisation, user=acting.person, subject="林某", serial="1", issued_by="某",
            valid_from=now, valid_until=now, sealed=b"",
        )  # fmt: skip
    world.ids[house_name] |= {
        "letter_id": letter.pk, "opinion_notice_id": notice.pk, "sealed_sample_id": sample.pk,
        "objection_id": objection.pk, "mailing_id": mailing.pk, "reuse_id": offer.pk,
        "certificate_id": certificate.pk,
    }  # fmt: skip


def _sealed_log(world: World, owner: str) -> None:
    """An entry with a place, and a verification that was asked for."""
    with context.seat(world.seat(owner)):
        entry = log.append("test", uuid7(), {})
        log.sequence()
        check = LogCheck.objects.create(log=log.name_of(), by_name="某")
    world.ids[owner] |= {"entry_id": entry.pk, "check_id": check.pk}


def _inspection(world: World, code: str) -> None:
    """陈队长 on the premises, with one lot counted."""
    chen, device_id = world.people[code]["chen"], uuid7()
    with context.province(code):
        chen.officer_cert_no, chen.officer_cert_until = f"{code}-1001", people.tomorrow()
        chen.save(update_fields=["officer_cert_no", "officer_cert_until"])
        inspection = inspections.open_inspection(by=chen, place=requests.Place(county_code=people.NANNING))
        person = inspections.add_person(by=chen, inspection_id=inspection.pk, role="party", refused=True)
        lot = inspections.write_down(
            by=chen, inspection_id=inspection.pk, device_id=device_id, unit="瓶", claimed_brand="清溪"
        )
        inspections.count(by=chen, lot_id=lot.pk, device_id=device_id, quantity="12")
    world.ids[code] |= {"inspection_id": inspection.pk, "lot_id": lot.pk, "present_id": person.pk}


def _seizure(world: World, code: str) -> None:
    """An inspection of 陈队长 and a colleague with goods held, a paper of it, a proposal that waits and a case."""
    chen, wei = world.people[code]["chen"], world.people[code]["wei"]
    until = clock.today() + timedelta(days=300)
    with context.province(code):
        second = User.objects.create_user(f"{code}-second", name="李某", title="李队长", unit=chen.unit)
        Post.objects.create(user=second, unit=chen.unit, role=Post.Role.OFFICER)
        second.officer_cert_no, second.officer_cert_until = f"{code}-1002", until
        second.save()
        Unit.objects.filter(pk=chen.unit_id).update(agency_word=f"{code}市监")
        place = inspections.Place(county_code=people.NANNING, place="某市场 12 号")
        inspection = inspections.open_inspection(by=chen, place=place)
        join_code, _until = inspections.make_join_code(by=chen, inspection_id=inspection.pk)
        inspections.join(by=second, code=join_code)
        inspections.set_entity(by=chen, inspection_id=inspection.pk, kind="stall", name="张某某")
        lot = Lot.objects.create(
            inspection_id=inspection.pk, quantity=Decimal(6), unit="瓶", product_name="酒", claimed_brand="岚壑春"
        )
        seizure = seizures.draft_seizure(
            by=chen, inspection_id=inspection.pk, taken=[seizures.Taken(lot_id=lot.pk)], facts="假冒"
        )
        seizures.propose(by=chen, seizure_id=seizure.pk)
        seizures.decide(by=wei, seizure_id=seizure.pk, approve=True)
        seizures.carry_out(by=chen, seizure_id=seizure.pk)
        seal = seizures.apply_seal(by=chen, seizure_id=seizure.pk, number=f"{code}-FQ1", place="库房门")
        paper = papers.make(by=chen, kind="seizure_decision", matter_id=seizure.pk)
        said = {"by": chen, "inspection_id": inspection.pk, "cause_code": "trademark_sale", "summary": "假冒"}
        filed = cases.decide(by=wei, proposal_id=cases.propose(**said).pk, approve=True)
        waiting = cases.propose(**said)
        world.ids[code] |= {
            "seizure_id": seizure.pk, "seal_id": seal.pk, "paper_id": paper.pk,
            "about_id": seizure.pk, "proposal_id": waiting.pk, "case_id": filed.case.pk,
        }  # fmt: skip


def _opinions(world: World, code: str, house_name: str) -> None:
    """A notice in draft, and a letter as if it had come: mailed, put to the party, objected to, reviewed, offered."""
    house, chen = world.houses[house_name], world.people[code]["chen"]
    with context.province(code):
        second = User.objects.get(username=f"{code}-second")
        request = AppraisalRequest.objects.get(pk=world.ids[code]["answered_request_id"])
        notice = notices.draft(by=chen, request_id=request.pk, officer_ids=[second.pk], phone="0771", batch_id=uuid7())
        held = opinions.HeldLetter.objects.create(
            letter_id=uuid7(), request=request, state="formal", organisation_id=house.organisation.pk,
            organisation_name=house.organisation.name, opinion_no=f"{code} 1 号", exam_mode="photo", check_code="ABCD",
            issued_on=clock.today(),
        )  # fmt: skip
        opinions.HeldItem.objects.create(letter=held, item=request.items.get(), position=1, product_name="酒",
                                         value="counterfeit")  # fmt: skip
        mailing = opinions.Mailing.objects.create(
            pk=uuid7(), letter=held, courier="顺丰", waybill_no="1", sent_on=clock.now()
        )
        telling = objections.tell_party(
            by=chen, held_id=held.pk, way="in_person", told_at=clock.now(), party_name="张某某"
        )
        objection = objections.write_down(by=chen, held_id=held.pk, text="有进货票")
        review = reviews.open_review(by=chen, held_id=held.pk)
        alert = opinions.WithdrawalAlert.objects.create(
            letter=held, kind="request", matter_id=request.pk, label="某", url="/", why="某"
        )
        offer = opinions.ReuseOffer.objects.create(
            pk=uuid7(), request=request, organisation_id=house.organisation.pk, letter_id=held.letter_id, held=held,
            opinion_no="某", right_holder="某", issued_on=clock.today(), state="confirmed",
        )  # fmt: skip
        sample = opinions.Sample.objects.create(
            request=request, description="一瓶", seal_no="FQ-1", courier="顺丰", waybill_no="1", sent_on=clock.now(),
            sent_by=chen, state="on_way_back",
        )  # fmt: skip
    world.ids[code] |= {
        "assist_id": notice.pk, "batch_id": notice.batch_id, "held_letter_id": held.pk, "mailing_id": mailing.pk,
        "telling_id": telling.pk, "objection_id": objection.pk, "review_id": review.pk, "alert_id": alert.pk,
        "offer_id": offer.pk, "sample_id": sample.pk,
    }  # fmt: skip


def _clues(world: World, code: str) -> None:
    """Two clues of 陈队长 at the county bureau's desk, about the same shop."""
    chen = world.people[code]["chen"]
    with context.province(code):
        desk_unit = Unit.objects.get(pk=chen.unit_id)
        said = [
            clues.NewClue(
                desk=desk_unit,
                source=clues.Source(kind="brand", name="某酒业", ref=f"{code}-{number}"),
                content="城东市场三号摊卖假酒",
                subject_name="城东烟酒店",
                address_raw="城东市场三号摊",
            )
            for number in range(2)
        ]
        first, second = clues.register_many(said, by=chen)
        view = ledger_views.keep_view(by=chen, name="在办", query="state=open")
        export = ClueExport.objects.create(form="csv", by=chen)
        run = BatchRun.objects.create(kind="proposed", by=world.people[code]["wei"], state="done")
        target = Target.objects.filter(links__clue=first).first()
    world.ids[code] |= {
        "shop_clue_id": first.pk, "other_clue_id": second.pk, "view_id": view.pk, "ledger_export_id": export.pk,
        "run_id": run.pk, "card_id": target.pk,
    }  # fmt: skip


def _clue_intake(world: World, code: str) -> None:
    """A file of clues that was brought, and a code for the field, both at the county bureau's desk."""
    chen = world.people[code]["chen"]
    with context.province(code):
        desk_unit = Unit.objects.get(pk=chen.unit_id)
        job = ClueImport.objects.create(
            desk_unit=desk_unit, kind="monitoring", name="某监测", file_name="clues.csv", by=chen, header=["线索内容"]
        )
        row = FieldCode.objects.create(
            code=f"{code.upper()}K7M4QP",
            desk_unit=desk_unit,
            team="城东网格员",
            valid_until=clock.today(),
            made_by=chen,
        )
    world.ids[code] |= {"import_id": job.pk, "field_code_id": row.pk}


def _stuck(world: World, code: str, house_name: str) -> None:
    """A letter to the province and one to the house that nobody can deliver."""
    house, chen = world.houses[house_name], world.people[code]["chen"]
    with context.province(code):
        requests.say(by=chen, request_id=world.ids[code]["request_id"], text="请尽快看一下")
    with context.seat(BRANDS):
        desk.say(desk=people.desk(house, house.lin), task_id=world.ids[house_name]["task_id"], text="正在看")
    organisation = Address.organisation(house.organisation.pk)
    for owner, party in ((code, Address.province(code)), (house_name, organisation)):
        with context.seat(world.seat(owner)):
            dead = Delivery.objects.get(addressee=str(party), state="waiting")
        with context.owner():
            Delivery.objects.filter(pk=dead.pk).update(state="dead", dead_at=clock.now(), failure_code="not_found")
        world.ids[owner]["delivery_id"] = dead.pk
        world.ids["office"].setdefault("delivery_id", dead.pk)


def _clue_work(world: World, code: str) -> None:
    """A clue under study, one that is being checked with an order and an ask on it, a rule and a suggestion."""
    chen, wei, huang = (world.people[code][name] for name in ("chen", "wei", "huang"))
    made = []
    with context.province(code):
        desk = Unit.objects.get(pk=chen.unit_id)
        for number in range(2):
            source = clues.Source(kind="hotline_12315", name="12315", ref=f"{code}-{number}")
            facts = {"desk": desk, "source": source, "content": "有店卖假酒", "address_raw": "某路 1 号"}
            made.append(clue_arriving.arrived(clues.NewClue(**facts), by=wei))
        study = clue_assessing.open_assessment(by=wei, clue_id=made[0].pk, member_ids=[chen.pk, huang.pk])
        clue_dispatching.dispatch(by=wei, clue_id=made[1].pk, unit_id=chen.unit_id, officer_id=chen.pk)
        clue_working.sign_for(by=chen, clue_id=made[1].pk)
        ask = clue_asking.ask_extension(by=chen, clue_id=made[1].pk, reason="失联")
        day = clock.today() + timedelta(days=5)
        order = clue_supervising.order(by=wei, clue_id=made[1].pk, demand="快办", due_on=day)
        rule = Competence.objects.create(division_code=people.NANNING, unit=chen.unit, made_by=huang)
        hint = CompetenceSuggestion.objects.create(division_code=people.NANNING, matter="other", unit=chen.unit)
    world.ids[code] |= {
        "checked_clue_id": made[1].pk, "assessment_id": study.pk, "ask_id": ask.pk, "supervision_id": order.pk,
        "competence_id": rule.pk, "suggestion_id": hint.pk,
    }  # fmt: skip
