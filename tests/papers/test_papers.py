"""Papers: one content in two formats, signed page by page, refused with a witness, scanned back under their code."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from harness import glass, people

from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from papers import pdf, registry, selectors, services, word
from papers.content import Facts, PaperContent, Printing, Role, Signer, Table, Text
from papers.models import Paper, PaperFile
from tenants.inspections import seizure_services as seizures
from tenants.inspections.models import Inspection

CONTENT = PaperContent(
    title="场所/设施/财物清单",
    bureau="某局",
    blocks=(
        Text(words="第一段\n{{ 不是模板 }} <b>&"),
        Facts(rows=(("当事人", "张某某"),)),
        Table(columns=(("物品", 3), ("数量", 1)), rows=(("酒 <1>", "42"), ("茶", "2.5"))),
    ),
    signers=(Signer(role=Role.PARTY, name="张某某", each_page=True),),
    form_no=24,
    document_no="桂南青市监强清〔2026〕1号",
)


def words_of(data):
    """All text of a Word file: body, header and footer."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [name for name in parts.namelist() if name.startswith("word/") and name.endswith(".xml")]
        return {name: parts.read(name).decode() for name in names}


def test_content_survives_being_kept_and_has_one_digest():
    kept = PaperContent.from_json(json.loads(json.dumps(CONTENT.as_json())))
    assert kept == CONTENT
    assert kept.digest() == CONTENT.digest()


def test_word_and_pdf_carry_the_same_content_page_numbers_code_and_watermark():
    printing = Printing(content=CONTENT, check_code="AAAA-BBBB-CCCC", watermark=services.WATERMARK)
    parts = words_of(word.write(printing))
    body, foot = parts["word/document.xml"], parts["word/footer1.xml"]
    for said in ("张某某", "酒 &lt;1&gt;", "2.5", "{{ 不是模板 }} &lt;b&gt;&amp;", "桂南青市监强清〔2026〕1号"):
        assert said in body
    assert "AAAA-BBBB-CCCC" in foot and "NUMPAGES" in foot
    assert services.WATERMARK in parts["word/header1.xml"]
    assert "文书格式 24" in parts["word/header1.xml"]
    made = pdf.write(printing)
    assert made.data.startswith(b"%PDF-") and made.pages == 1
    assert pdf.write(printing).data == made.data  # the same paper is the same bytes
    plain = pdf.write(Printing(content=CONTENT, check_code="AAAA-BBBB-CCCC"))
    assert plain.data != made.data


def test_a_long_list_runs_over_pages_and_each_is_numbered():
    table = Table(columns=(("物品", 1),), rows=tuple((f"第 {number} 行",) for number in range(150)))
    content = PaperContent(title="清单", bureau="某局", blocks=(table,), signers=CONTENT.signers)
    assert pdf.write(Printing(content=content, check_code="X")).pages > 2


@pytest.fixture
def record(world, inspection):
    """The on-site record of an inspection that has ended."""
    return services.make(by=world.chen, kind="onsite_record", matter_id=inspection.pk)


def sign_all(paper, by, place, **fields):
    for page in range(1, paper.pages + 1):
        services.sign(
            by=by, paper_id=paper.pk, place=place, page=page,
            signed=glass.signed(paper.content_sha256, hand=10 * place + page), **fields,
        )  # fmt: skip


@pytest.mark.parametrize("kind", ["seizure_approval", "seizure_decision", "property_list"])
def test_every_paper_of_a_seizure_is_made_from_the_records(world, seizure, kind):
    paper = services.make(by=world.chen, kind=kind, matter_id=seizure.pk)
    assert paper.pages >= 1
    for file_format in PaperFile.Format.values:
        assert services.file_of(paper, file_format).size_bytes > 1000
    assert "张某某" in json.dumps(paper.content, ensure_ascii=False)


def test_seals_extension_and_release_have_their_papers(world, seizure):
    with pytest.raises(BadInput, match="封条"):
        services.make(by=world.chen, kind="seal_strips", matter_id=seizure.pk)
    seizures.apply_seal(by=world.chen, seizure_id=seizure.pk, number="FQ1", place="库房门")
    assert services.make(by=world.chen, kind="seal_strips", matter_id=seizure.pk).pages == 1
    seizures.ask_extension(by=world.chen, seizure_id=seizure.pk, days=20, reason="涉案人员多")
    seizures.decide_extension(by=world.wei, seizure_id=seizure.pk, approve=True)
    extension = services.make(by=world.chen, kind="extension_decision", matter_id=seizure.pk)
    assert extension.document_no == f"桂南青市监强延〔{clock.today().year}〕1号"
    seizures.release(by=world.wei, seizure_id=seizure.pk, kind="other", reason="不再需要", returned_to="张某某")
    assert services.make(by=world.chen, kind="release_decision", matter_id=seizure.pk).pages >= 1


def test_the_list_keeps_units_apart_and_unknown_values_unknown(world, seizure):
    said = json.dumps(services.make(by=world.chen, kind="property_list", matter_id=seizure.pk).content["blocks"],
                      ensure_ascii=False)  # fmt: skip
    assert "2.5 千克，42 瓶" in said
    assert "货值 8358.00 元，另有 1 项货值不详" in said


def test_the_same_records_make_the_same_paper_and_changed_ones_a_new_version(world, inspection, record):
    assert services.make(by=world.li, kind="onsite_record", matter_id=inspection.pk) == record
    Inspection.objects.filter(pk=inspection.pk).update(party_statement="不认可")
    second = services.make(by=world.chen, kind="onsite_record", matter_id=inspection.pk)
    record.refresh_from_db()
    assert (second.version, record.state) == (2, Paper.State.VOID)
    assert second.check_code != record.check_code


def test_two_officers_and_the_party_sign_every_page_and_the_record_is_closed(world, inspection, record):
    roles = [(row.place, row.role) for row in record.signers.all()]
    assert roles == [(0, "officer"), (1, "officer"), (2, "party")]
    sign_all(record, world.chen, 0)
    sign_all(record, world.li, 1)
    record.refresh_from_db()
    assert record.state == Paper.State.OPEN
    sign_all(record, world.chen, 2)  # the party writes on the officer's phone
    record.refresh_from_db()
    assert (record.state, record.on_paper) == (Paper.State.COMPLETE, False)
    assert Inspection.objects.get(pk=inspection.pk).state == Inspection.State.SIGNED
    before = services.file_of(record, "pdf")
    assert services.file_of(record, "pdf").pk == before.pk
    assert before.signed == 3 * record.pages


def test_an_officer_signs_under_their_own_account_only(world, record):
    with pytest.raises(NotAllowed) as refusal:
        services.sign(by=world.li, paper_id=record.pk, place=0, page=1, signed=glass.signed(record.content_sha256))
    assert refusal.value.code == "not_your_signature"
    with pytest.raises(NotFound404):
        services.sign(by=world.mo, paper_id=record.pk, place=2, page=1, signed=glass.signed(record.content_sha256))


def test_a_signature_is_of_this_paper_once_a_page_and_made_anew_for_each(world, record):
    said = {"by": world.chen, "paper_id": record.pk, "place": 0}
    with pytest.raises(BadInput) as refusal:
        services.sign(page=1, signed=glass.signed("0" * 64), **said)
    assert refusal.value.code == "signature_of_another"
    first = glass.signed(record.content_sha256, hand=1)
    kept = services.sign(page=1, signed=first, **said)
    assert services.sign(page=1, signed=first, **said).pk == kept.pk  # sent twice is signed once
    with pytest.raises(Conflict) as refusal:
        services.sign(page=1, signed=glass.signed(record.content_sha256, hand=2), **said)
    assert refusal.value.code == "page_signed"
    with pytest.raises(BadInput) as refusal:
        services.sign(by=world.li, paper_id=record.pk, place=1, page=1, signed=first)
    assert refusal.value.code == "signature_repeated"
    with pytest.raises(BadInput) as refusal:
        services.sign(page=record.pages + 1, signed=glass.signed(record.content_sha256, hand=3), **said)
    assert refusal.value.code == "page_wrong"


def test_an_officer_whose_certificate_lapsed_yesterday_cannot_sign(world, record):
    world.chen.officer_cert_until = clock.today() - timedelta(days=1)
    world.chen.save()
    with pytest.raises(services.CannotBeSigned) as refusal:
        services.sign(by=world.chen, paper_id=record.pk, place=0, page=1, signed=glass.signed(record.content_sha256))
    assert refusal.value.code == "certificate_lapsed"


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        (["桂A-1001"], "officers_missing"),
        (["桂A-1001", "桂A-1001 "], "certificates_not_apart"),
        (["桂A-1001", ""], "certificates_not_apart"),
    ],
)
def test_one_officer_or_a_doubled_certificate_number_cannot_sign(world, inspection, monkeypatch, numbers, code):
    signers = tuple(
        Signer(role=Role.OFFICER, name="某", user_id=world.chen.pk, certificate_no=number) for number in numbers
    )
    content = PaperContent(title="笔录", bureau="某局", blocks=(Text(words="某"),), signers=signers)
    build = lambda by, pk: registry.Draft(content, world.unit.pk)  # noqa: E731
    monkeypatch.setitem(registry._kinds, "odd", registry.Kind("odd", "笔录", "inspection", build))
    paper = services.make(by=world.chen, kind="odd", matter_id=inspection.pk)
    with pytest.raises(services.CannotBeSigned) as refusal:
        services.sign(by=world.chen, paper_id=paper.pk, place=0, page=1, signed=glass.signed(paper.content_sha256))
    assert refusal.value.code == code


def test_the_party_refuses_to_sign_and_a_witness_and_reason_stand_instead(world, record):
    said = {"by": world.chen, "paper_id": record.pk, "place": 2, "kind": "refused"}
    for missing, code in (
        ({"reason": "", "witness_name": "王某", "witness_what": "市场值班员"}, "absence_reason_missing"),
        ({"reason": "不认可", "witness_name": "", "witness_what": "市场值班员"}, "witness_missing"),
        ({"reason": "不认可", "witness_name": "陈某", "witness_what": "某局"}, "witness_is_signer"),
    ):
        with pytest.raises(BadInput) as refusal:
            services.note_absence(**said, **missing)
        assert refusal.value.code == code
    with pytest.raises(BadInput):
        services.note_absence(**{**said, "place": 0}, reason="不在", witness_name="王某", witness_what="市场值班员")
    services.note_absence(**said, reason="不认可", witness_name="王某", witness_what="市场值班员")
    sign_all(record, world.chen, 0)
    sign_all(record, world.li, 1)
    record.refresh_from_db()
    assert record.state == Paper.State.COMPLETE
    body = words_of(bytes(services.file_of(record, "docx").data))["word/document.xml"]
    assert "拒绝签名" in body and "王某" in body and "不认可" in body
    with pytest.raises(MoveRefused):
        services.sign(by=world.chen, paper_id=record.pk, place=2, page=1, signed=glass.signed(record.content_sha256))


def test_signed_on_paper_and_scanned_back_under_its_code(world, inspection, record):
    exhibits = [people.sealed_photo(world.chen, f"page {page}") for page in range(1, record.pages + 1)]
    with pytest.raises(NotFound404):
        services.bind_scan(by=world.chen, check_code="AAAA-BBBB-CCCC", page=1, exhibit_id=exhibits[0].pk)
    typed = record.check_code.lower().replace("-", " ")
    for page, exhibit in enumerate(exhibits, start=1):
        services.bind_scan(by=world.chen, check_code=typed, page=page, exhibit_id=exhibit.pk)
    record.refresh_from_db()
    assert (record.state, record.on_paper) == (Paper.State.COMPLETE, True)
    assert selectors.door_to_exhibit(world.li, exhibits[0])
    assert not selectors.door_to_exhibit(world.mo, exhibits[0])


def test_a_scan_is_one_page_of_one_paper(world, seizure):
    one = services.make(by=world.chen, kind="seizure_decision", matter_id=seizure.pk)
    other = services.make(by=world.chen, kind="property_list", matter_id=seizure.pk)
    exhibit, lis = people.sealed_photo(world.chen, "page"), people.sealed_photo(world.li, "his page")
    with pytest.raises(NotFound404):
        services.bind_scan(by=world.chen, check_code=one.check_code, page=1, exhibit_id=lis.pk)
    services.bind_scan(by=world.chen, check_code=one.check_code, page=1, exhibit_id=exhibit.pk)
    with pytest.raises(Conflict) as refusal:
        services.bind_scan(by=world.chen, check_code=other.check_code, page=1, exhibit_id=exhibit.pk)
    assert refusal.value.code == "scan_used"


def test_a_heavy_paper_is_left_to_a_worker(world, inspection, monkeypatch):
    table = Table(columns=(("物品", 1), ("数量", 1)), rows=tuple(("酒", "1") for _ in range(services.HEAVY)))
    content = PaperContent(title="长单", bureau="某局", blocks=(table,))
    build = lambda by, pk: registry.Draft(content, world.unit.pk)  # noqa: E731
    monkeypatch.setitem(registry._kinds, "long", registry.Kind("long", "长单", "inspection", build, officers=0))
    asked = []
    monkeypatch.setattr(services, "enqueue", asked.append)
    paper = services.make(by=world.chen, kind="long", matter_id=inspection.pk)
    assert paper.pages == 0 and asked == [paper.pk]
    assert services.file_of(paper, "pdf") is None
    services.make_files(paper.pk)
    paper.refresh_from_db()
    assert paper.pages > 5
    assert services.file_of(paper, "docx") is not None


def test_papers_say_that_a_demonstration_has_no_effect(world, record, monkeypatch):
    assert services.printing_of(record).watermark == "演示样张 无法律效力"
    monkeypatch.setattr(settings, "DEMO", False)
    assert services.printing_of(record).watermark == ""


def test_the_page_signs_downloads_and_refuses(world, record, client_for):
    chen = client_for("gx", user=world.chen)
    page = chen.get(f"/papers/{record.pk}/").content.decode()
    assert record.check_code in page and "webui/signature.css" in page
    sent = {"place": 0, "page": 1, **glass.fields(record.content_sha256)}
    assert chen.post(f"/papers/{record.pk}/sign/", sent)["Location"] == f"/papers/{record.pk}/"
    assert record.signers.get(place=0).signatures.count() == 1
    answer = chen.get(f"/papers/{record.pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    answer = chen.get(f"/papers/{record.pk}/word/")
    assert answer["Content-Disposition"].startswith("attachment") and answer.content.startswith(b"PK")
    assert chen.get(f"/papers/?code={record.check_code.lower()}")["Location"] == f"/papers/{record.pk}/"
    assert client_for("gx", user=world.mo).get(f"/papers/{record.pk}/").status_code == 404
