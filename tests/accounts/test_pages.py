"""The administrators' pages, and one's own: what they show, what they refuse."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.imports import jobs
from accounts.models import ImportJob, Post, Unit, User

PAGES = ["units/", "units/new/", "officers/", "officers/new/", "import/"]


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def browser(huang, client_for):
    """黄管理员's."""
    return client_for("gx", user=huang)


def upload(browser, content: str, **fields: str):
    return browser.post(
        "/admin/import/", {"file": SimpleUploadedFile("名单.csv", content.encode(), "text/csv"), **fields}
    )


@pytest.mark.parametrize("page", PAGES)
def test_only_administrators_open_the_administrators_pages(chen, huang, lan, client_for, page):
    assert client_for("gx").get(f"/admin/{page}").status_code == 302
    assert client_for("gx", user=chen).get(f"/admin/{page}").status_code == 403
    for person in (huang, lan):
        assert client_for("gx", user=person).get(f"/admin/{page}").status_code == 200


def test_the_administrators_pages_are_not_on_shared_hosts(brands_seat, make_person, client_for, monkeypatch):
    from accounts import admission

    monkeypatch.setattr(admission, "_checks", {"brands": [lambda user: True]})
    lin = make_person("lin", "林芳", Post.Role.BUREAU_ADMIN)
    browser = client_for("brands", user=lin)
    assert browser.get("/me/").status_code == 200
    assert all(browser.get(f"/admin/{page}").status_code == 404 for page in PAGES)


def test_a_unit_is_made_moved_and_closed(browser, nanning, qingxiu):
    fields = {"code": "450199", "name": "南宁经开区分局", "kind": "branch_bureau", "division_code": "450105"}
    answer = browser.post("/admin/units/new/", {**fields, "parent": nanning.pk})
    assert answer.status_code == 302, text(answer)
    made = Unit.objects.get(code="450199")
    assert "南宁经开区分局" in text(browser.get("/admin/units/"))
    browser.post(f"/admin/units/{made.pk}/", {**fields, "name": "经开区分局", "parent": qingxiu.pk})
    made.refresh_from_db()
    assert (made.name, made.parent) == ("经开区分局", qingxiu)
    browser.post(f"/admin/units/{made.pk}/close/")
    assert "经开区分局" not in text(browser.get("/admin/units/"))
    assert "经开区分局" in text(browser.get("/admin/units/?closed=1"))


def test_a_taken_unit_code_is_said_beside_the_form_and_what_was_typed_stays(browser, nanning):
    answer = browser.post(
        "/admin/units/new/",
        {"code": "450100", "name": "又一个", "kind": "section_office", "division_code": "450100"},
    )
    assert answer.status_code == 400
    assert "这个单位编码已有单位使用" in text(answer)
    assert "又一个" in text(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=陈", True),
        ("?q=13800000001", True),
        ("?q=桂A00001", True),
        ("?q=nobody", False),
        ("?state=active", True),
        ("?state=suspended", False),
        ("?role=officer", True),
        ("?role=leader", False),
        ("?unit=not-a-uuid", True),
    ],
)
def test_officers_are_searched_and_filtered(browser, chen, query, found):
    assert ("陈勇" in text(browser.get(f"/admin/officers/{query}"))) is found


def test_officers_of_a_unit_include_those_below_it(browser, bureau, chen):
    assert "陈勇" in text(browser.get(f"/admin/officers/?unit={bureau.pk}"))


def test_a_person_is_edited_suspended_and_restored_from_the_page(browser, chen):
    path = f"/admin/officers/{chen.pk}/"
    assert "陈勇" in text(browser.get(path))
    answer = browser.post(path, {"name": "陈大勇", "phone": "13700000001", "officer_cert_no": "桂A00001"})
    assert answer.status_code == 302, text(answer)
    chen.refresh_from_db()
    assert (chen.name, chen.phone, chen.phone_verified) == ("陈大勇", "+8613700000001", False)
    assert "请写明原因" in text(browser.post(f"{path}suspend/", {"why": ""}, follow=True))
    assert "已停用" in text(browser.post(f"{path}suspend/", {"why": "调查"}, follow=True))
    browser.post(f"{path}restore/")
    chen.refresh_from_db()
    assert chen.is_active


def test_somebody_elses_phone_is_refused_beside_the_form(browser, chen, huang):
    User.objects.filter(pk=huang.pk).update(phone="+8613700000009")
    answer = browser.post(f"/admin/officers/{chen.pk}/", {"name": "陈勇", "phone": "13700000009"})
    assert answer.status_code == 400
    assert "这个手机号已属于另一个人" in text(answer)


def test_a_person_is_moved_and_given_a_role_from_the_page(browser, chen, qingxiu):
    path = f"/admin/officers/{chen.pk}/"
    browser.post(f"{path}move/", {"unit": qingxiu.pk, "why": "轮岗"})
    browser.post(f"{path}appoint/", {"role": "dispatcher"})
    chen.refresh_from_db()
    assert chen.unit == qingxiu
    post = chen.posts.get(role="dispatcher")
    assert post.unit == qingxiu
    browser.post(f"{path}withdraw/", {"post": post.pk})
    assert not chen.posts.filter(role="dispatcher").exists()


def test_another_persons_post_is_not_withdrawn_through_this_ones_page(browser, chen, make_person, nanning):
    other = make_person("mo", "莫琳", Post.Role.LEADER, unit=nanning)
    browser.post(f"/admin/officers/{chen.pk}/withdraw/", {"post": other.posts.get().pk})
    assert other.posts.filter(role="leader").exists()


@pytest.mark.parametrize("step", ["explode", "delete"])
def test_an_unknown_step_is_not_found(browser, chen, step):
    assert browser.post(f"/admin/officers/{chen.pk}/{step}/").status_code == 404


def test_a_person_of_nowhere_is_not_found(browser):
    from uuid import uuid4

    assert browser.get(f"/admin/officers/{uuid4()}/").status_code == 404


def test_a_person_added_by_hand_signs_in_by_phone_and_has_no_password(browser, nanning):
    answer = browser.post(
        "/admin/officers/new/", {"username": "wei", "name": "韦明", "phone": "136 0000 0001", "unit": nanning.pk}
    )
    assert answer.status_code == 302, text(answer)
    wei = User.objects.get(username="wei")
    assert (wei.phone, wei.has_usable_password()) == ("+8613600000001", False)


def test_an_import_goes_from_upload_over_preview_to_the_report(browser, qingxiu):
    answer = upload(browser, "姓名,执法证号,手机号,单位编码\n李一,B1,13900000001,450103\n李二,B2,oops,450103\n")
    job = ImportJob.objects.get()
    page = text(browser.get(answer["Location"]))
    assert "确认导入" in page
    assert "11 位" in page
    assert "李一" in page
    browser.post(f"/admin/import/{job.pk}/confirm/")
    job.refresh_from_db()
    assert job.state == "confirmed"
    part = browser.get(f"/admin/import/{job.pk}/?part=progress")
    assert "every 1s" in text(part)
    jobs.run(job_id=job.pk)
    part = browser.get(f"/admin/import/{job.pk}/?part=progress")
    assert part["HX-Refresh"] == "true"
    assert "已完成" in text(browser.get(f"/admin/import/{job.pk}/"))
    report = browser.get(f"/admin/import/{job.pk}/bad-rows.csv")
    assert report["Content-Type"].startswith("text/csv")
    assert "oops" in text(report)


def test_a_file_that_cannot_be_read_is_refused_beside_the_form(browser):
    answer = upload(browser, "甲,乙\n1,2\n")
    assert answer.status_code == 400
    assert "表头" in text(answer)
    assert not ImportJob.objects.exists()


def test_a_dropped_import_keeps_nothing_of_the_file(browser, qingxiu):
    upload(browser, "姓名,执法证号,单位编码\n李一,B1,450103\n")
    job = ImportJob.objects.get()
    browser.post(f"/admin/import/{job.pk}/drop/")
    job.refresh_from_db()
    assert job.state == "dropped"
    assert not hasattr(job, "file")


def test_with_the_broker_down_an_import_stays_queued_and_may_be_started_later(
    browser, qingxiu, monkeypatch, django_capture_on_commit_callbacks
):
    from kombu.exceptions import OperationalError

    from accounts.tasks import run_import

    def refuse(*_args):
        raise OperationalError("no broker")

    monkeypatch.setattr(run_import, "apply_async", refuse)
    upload(browser, "姓名,执法证号,单位编码\n李一,B1,450103\n")
    job = ImportJob.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/admin/import/{job.pk}/confirm/")
    job.refresh_from_db()
    assert job.state == "confirmed"
    assert "仍在排队" in text(browser.post(f"/admin/import/{job.pk}/start/", follow=True))


def test_the_template_is_a_list_that_can_be_read(browser, qingxiu):
    answer = browser.get("/admin/import/template.csv")
    upload(browser, answer.content.decode("utf-8-sig"))
    assert ImportJob.objects.get().expected["bad"] == 0


# One's own page -------------------------------------------------------------------------------------------------------


def test_ones_own_page_shows_who_one_is_and_keeps_what_one_prefers(chen, client_for):
    browser = client_for("gx", user=chen)
    page = text(browser.get("/me/"))
    assert "陈队长" in page
    assert "13800000001" in page
    answer = browser.post("/me/", {"language": "en", "quiet_from": "22:00", "quiet_until": "07:00"})
    assert answer.status_code == 302
    assert answer.cookies["language"].value == "en"
    chen.refresh_from_db()
    assert (chen.language, chen.quiet_from.hour, chen.quiet_until.hour) == ("en", 22, 7)


def test_half_a_quiet_time_is_refused(chen, client_for):
    answer = client_for("gx", user=chen).post("/me/", {"language": "en", "quiet_from": "22:00"})
    assert "一起填" in text(answer)
