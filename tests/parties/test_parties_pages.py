"""The pages of the parties, as an applicant, an administrator, an agent and the office use them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from harness import people

from accounts.models import Post, User
from federation.parties.models import (
    Authorisation,
    DutySlot,
    Enrolment,
    Mandate,
    Membership,
    Organisation,
    Trademark,
    WantedBrand,
)
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, OFFICE

APPLICATION = {
    "kind": "brand_enterprise",
    "name": "云岫酒业",
    "uscc": "91350100m000100y43",
    "contact_name": "林某",
    "contact_phone": "19900000001",
    "brands": "云岫",
    "trademark_lines": "1234567 云岫 33,35",
}


def url(name, **kwargs):
    return reverse(f"parties:{name}", urlconf="config.urls.brands", kwargs=kwargs)


def office_url(name, **kwargs):
    return reverse(f"office:{name}", urlconf="config.urls.office", kwargs=kwargs)


@pytest.fixture
def house(border):
    found = people.brand_house()
    with context.owner():
        Membership.objects.create(user=found.lin, organisation=found.organisation, role="brand_admin")
    return found


@pytest.fixture
def lin(house, client_for):
    return client_for("brands", user=house.lin)


@pytest.fixture
def wang(house, client_for):
    return client_for("brands", user=house.wang)


@pytest.fixture
def zhao(border, client_for):
    with context.seat(OFFICE):
        person = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=person, role=Post.Role.OFFICE_ADMIN)
    return client_for("federation", user=person)


def test_an_applicant_without_an_account_enrols_and_the_office_lets_them_in(zhao, client_for):
    nobody = client_for("brands")
    assert nobody.get(url("enrol")).status_code == 200
    answer = nobody.post(url("enrol"), APPLICATION)
    page = answer.headers["Location"]
    assert nobody.get(page).status_code == 200
    paper = SimpleUploadedFile("licence.pdf", b"%PDF-1.7 licence")
    nobody.post(f"{page}document/", {"title": "营业执照", "file": paper})
    nobody.post(f"{page}submit/")
    with context.seat(OFFICE):
        found = Enrolment.objects.get()
        document = found.documents.get()
    assert (found.state, found.uscc, found.trademarks[0]["nice_classes"]) == (
        "submitted",
        "91350100M000100Y43",
        [33, 35],
    )

    assert "云岫酒业" in zhao.get(office_url("home")).content.decode()
    assert "云岫酒业" in zhao.get(office_url("enrolments")).content.decode()
    assert zhao.get(office_url("enrolment", enrolment_id=found.pk)).status_code == 200
    file = zhao.get(office_url("enrolment_document", enrolment_id=found.pk, document_id=document.pk))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 licence"
    assert "attachment" in file.headers["Content-Disposition"] and "sandbox" in file.headers["Content-Security-Policy"]
    answer = zhao.post(office_url("enrolment", enrolment_id=found.pk), {"step": "approve", "short_name": "云岫"})
    assert answer.status_code == 302
    assert "已通过" in nobody.get(page).content.decode()
    with context.seat(BRANDS):
        admin = Membership.objects.get().user
    assert client_for("brands", user=admin).get(url("team")).status_code == 200


def test_a_refused_applicant_reads_why_and_hands_in_again(zhao, client_for):
    nobody = client_for("brands")
    page = nobody.post(url("enrol"), APPLICATION).headers["Location"]
    nobody.post(f"{page}document/", {"title": "执照", "file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n...")})
    nobody.post(f"{page}submit/")
    with context.seat(OFFICE):
        found = Enrolment.objects.get()
    at = office_url("enrolment", enrolment_id=found.pk)
    assert zhao.post(at, {"step": "refuse", "reason": ""}).status_code == 400
    zhao.post(at, {"step": "refuse", "reason": "请补商标注册证"})
    shown = nobody.get(page).content.decode()
    assert "请补商标注册证" in shown and "提交审核" in shown
    nobody.post(f"{page}submit/")
    with context.seat(OFFICE):
        assert Enrolment.objects.get().state == "submitted"


def test_a_wrong_application_code_is_the_same_404_as_any(border, client_for):
    nobody = client_for("brands")
    assert nobody.get(url("enrolment", code="abcd-abcd-abcd-abcd")).status_code == 404
    assert nobody.post(url("find_enrolment"), {"code": "abcd"}).status_code == 404


def test_a_wrong_form_keeps_what_was_typed_and_names_the_field(border, client_for):
    answer = client_for("brands").post(url("enrol"), {**APPLICATION, "uscc": "123"})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "应为 18 位" in shown and "云岫酒业" in shown


PAGES = ["team", "authorisations", "new_authorisation", "new_trademark", "mandates", "roster", "seats"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_an_administrator_and_not_without_signing_in(lin, client_for, name):
    assert lin.get(url(name)).status_code == 200
    assert client_for("brands").get(url(name)).status_code == 302


@pytest.mark.parametrize("name", ["new_authorisation", "new_trademark"])
def test_an_appraiser_does_not_register_authorisations(wang, name):
    assert wang.get(url(name)).status_code == 403


def test_an_administrator_invites_and_takes_roles_away(house, lin):
    lin.post(url("team"), {"name": "覃某", "phone": "19900000009", "roles": ["appraiser"]})
    with context.seat(BRANDS):
        qin = User.objects.get(phone="+8619900000009")
    assert lin.get(url("member", user_id=qin.pk)).status_code == 200
    lin.post(url("member", user_id=qin.pk), {"roles": []})
    with context.seat(BRANDS):
        assert not Membership.objects.get(user=qin).is_active


def test_an_authorisation_is_registered_with_its_paper_and_withdrawn(house, lin, client_for):
    with context.seat(BRANDS):
        mark, member = Trademark.objects.get(), Membership.objects.get(user=house.wang)
    form = {
        "number": "授〔2026〕9号",
        "membership": str(member.pk),
        "trademarks": [str(mark.pk)],
        "nice_classes": "33, 35",
        "territory": ["*"],
        "valid_from": clock.today().isoformat(),
        "valid_until": (clock.today() + timedelta(days=10)).isoformat(),
    }
    assert lin.post(url("new_authorisation"), {**form, "nice_classes": "99"}).status_code == 400
    with_paper = {**form, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 power")}
    assert lin.post(url("new_authorisation"), with_paper).status_code == 302
    with context.seat(BRANDS):
        held = Authorisation.objects.get(number="授〔2026〕9号")
    shown = lin.get(url("authorisations")).content.decode()
    assert "授〔2026〕9号" in shown and "即将到期" in shown and "全国" in shown
    paper = url("document", document_id=held.document_id)
    assert lin.get(paper).status_code == 200
    other = people.brand_house("泽云", suffix="2")
    stranger = client_for("brands", user=other.lin)
    assert stranger.get(paper).status_code == 404
    assert stranger.post(url("withdraw_authorisation", authorisation_id=held.pk), {"why": "x"}).status_code == 404
    assert lin.post(url("withdraw_authorisation", authorisation_id=held.pk), {"why": "离职"}).status_code == 302
    with context.seat(BRANDS):
        held.refresh_from_db()
        assert held.state == "withdrawn"


def test_the_roster_is_kept_by_the_administrator_and_absence_by_oneself(house, lin, wang):
    with context.seat(BRANDS):
        DutySlot.objects.all().delete()
        member = Membership.objects.get(user=house.wang)
    slot = {
        "what": "slot",
        "membership": str(member.pk),
        "weekdays": [0, 1],
        "starts": "08:30",
        "ends": "18:00",
        "rank": 0,
    }
    assert wang.post(url("roster"), slot).status_code == 400
    assert lin.post(url("roster"), slot).status_code == 302
    absence = {
        "what": "absence", "who": str(member.pk), "from_at": "2036-03-02T08:00", "until_at": "2036-03-03T08:00",
    }  # fmt: skip
    assert wang.post(url("roster"), absence).status_code == 302
    with context.seat(BRANDS):
        assert DutySlot.objects.count() == 2
        first = DutySlot.objects.first()
    assert "周一" in wang.get(url("roster")).content.decode()
    assert lin.post(url("roster_remove", what="slot", row_id=first.pk)).status_code == 302
    with context.seat(BRANDS):
        assert DutySlot.objects.count() == 1


def test_an_agent_accepts_a_mandate_and_chooses_for_whom_to_act(house, lin, client_for):
    with context.owner():
        agency = Organisation.objects.create(name="正信代理", uscc="9" * 18, kind="agency")
        qin = User.objects.create_user("qin", name="覃某")
        for role in ("brand_admin", "appraiser"):
            Membership.objects.create(user=qin, organisation=agency, role=role)
    days = {"valid_from": clock.today().isoformat(), "valid_until": clock.today().isoformat()}
    assert lin.post(url("mandates"), {"agent": str(agency.pk), **days}).status_code == 302
    with context.seat(BRANDS):
        mandate = Mandate.objects.get()
    agent = client_for("brands", user=qin)
    key = f"{house.organisation.pk}:{agency.pk}"
    assert agent.post(url("seats"), {"seat": key}).status_code == 404
    assert agent.post(url("mandate_step", mandate_id=mandate.pk, step="accept")).status_code == 302
    assert agent.post(url("seats"), {"seat": key}).status_code == 302
    assert "岚壑春" in agent.get(url("authorisations")).content.decode()
    assert agent.get(url("new_authorisation")).status_code == 403
    lin.post(url("mandate_step", mandate_id=mandate.pk, step="end"))
    assert "正信代理" in agent.get(url("seats")).content.decode()
    assert agent.post(url("seats"), {"seat": key}).status_code == 404


def test_a_suspended_organisation_is_out_with_the_next_request(house, lin, zhao):
    assert lin.get(url("team")).status_code == 200
    at = office_url("organisation", organisation_id=house.organisation.pk)
    assert zhao.get(at).status_code == 200
    assert zhao.post(at, {"verb": "suspend", "why": "资质核查"}).status_code == 302
    assert lin.get(url("team")).status_code in (302, 401, 403)


def test_the_office_sees_whom_to_invite(zhao):
    with context.seat(OFFICE):
        WantedBrand.objects.create(brand_name="远山", province_code="gx", count=3, last_at=clock.now())
    assert "远山" in zhao.get(office_url("wanted")).content.decode()
    assert "远山" not in zhao.get(office_url("wanted"), {"q": "近水"}).content.decode()
    assert zhao.get(office_url("organisations")).status_code == 200


def test_nobody_without_a_post_opens_the_offices_pages(house, client_for):
    stranger = client_for("federation", user=house.lin)
    for name in ("home", "enrolments", "organisations", "wanted"):
        assert stranger.get(office_url(name)).status_code in (302, 401, 403)
        assert client_for("federation").get(office_url(name)).status_code == 302


def test_the_sign_in_page_of_the_brands_host_leads_to_enrolment(border, client_for):
    brands = client_for("brands").get(reverse("account_login", urlconf="config.urls.brands"))
    assert f'href="{reverse("parties:enrol", urlconf="config.urls.brands")}"' in brands.content.decode()
    bureau = client_for("gx").get(reverse("account_login", urlconf="config.urls.province"))
    assert "enrol" not in bureau.content.decode()


def test_ones_own_page_says_what_one_is_and_for_whom(house, lin):
    page = lin.get("/me/").content.decode()
    assert f"{house.organisation.name} 鉴定人员" in page and f"{house.organisation.name} 企业管理员" in page
    with context.owner():
        Membership.objects.filter(user=house.lin, role="brand_admin").update(is_active=False)
    assert "企业管理员" not in lin.get("/me/").content.decode()
