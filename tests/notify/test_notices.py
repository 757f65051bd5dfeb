"""A notice stands on the page whatever becomes of messages, and nothing of a case leaves the house."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from accounts.models import Post
from audit.models import Trail
from audit.trail import Actor
from kernel import clock
from kernel.errors import BadInput
from notify import live, services
from notify.channels import page_address
from notify.codes import SmsSender
from notify.models import ChannelName, ChannelSetting, Notice, Outbound
from notify.services import REPEAT_TIMES, mark_read, repeat_urgent, send_one, set_robot, tell
from notify.words import SENTENCES, path_only

EVERY = tuple(ChannelName.values)
MACHINE = Actor(None, "系统")
CANARY = "CANARY-茅香陈酿-朝阳路8号"


def tell_chen(chen, **more) -> Notice:
    more = {"code": "verdict_arrived", "title": "桂A-1 已有辨认结论", "url": "/requests/1/"} | more
    return tell(to=[chen.pk], **more)[0]


def send_all() -> None:
    for outbound_id in services.due_messages():
        send_one(outbound_id)


@pytest.fixture
def chen(gx, chen_of):
    return chen_of(phone="+8613900000001", email="chen@example.com")


@pytest.fixture
def robots(gx):
    set_robot(owner="gx", name="wecom", url="wecombot://botkey-secret-1", by=MACHINE)
    set_robot(owner="gx", name="dingtalk", url="dingtalk://token-secret-2", by=MACHINE)


def test_nothing_of_the_case_is_in_any_message(chen, robots, gateways):
    for code in [*SENTENCES, "a code nobody registered"]:
        gateways.sent.clear()
        tell_chen(
            chen, code=code, title=f"{CANARY} 1", body=f"{CANARY} 2", url=f"/requests/1/?q={CANARY}#{CANARY}",
            urgent=True, channels=EVERY,
        )  # fmt: skip
        send_all()
        assert len(gateways.sent) == 5
        for message in gateways.sent:
            assert "CANARY" not in str(message) and "茅香" not in str(message)
            assert message.body.endswith("http://gx.testhost/requests/1/")


def test_each_channel_reaches_its_own_address(chen, robots, gateways):
    tell_chen(chen, channels=EVERY)
    send_all()
    assert {message.url for message in gateways.sent} == {
        "mailtos://gateway/?to=chen%40example.com",
        "jsons://gateway/sms?to=%2B8613900000001",
        "jsons://gateway/call?to=%2B8613900000001",
        "wecombot://botkey-secret-1",
        "dingtalk://token-secret-2",
    }
    assert all(row.sent_at and row.tries == 1 for row in Outbound.objects.all())
    send_all()
    assert len(gateways.sent) == 5


def test_a_person_reads_messages_in_their_language(gx, chen_of, gateways):
    smith = chen_of("smith", language="en", email="s@example.com")
    tell_chen(smith, channels=["email"])
    send_all()
    assert "identification conclusion" in gateways.sent[0].body


def test_a_gateway_that_is_down_leaves_the_notice_and_is_tried_again(chen, gateways):
    gateways.down = True
    with clock.frozen(clock.now()) as tick:
        notice = tell_chen(chen, channels=["in_app", "email"])
        send_all()
        row = Outbound.objects.get()
        assert (row.sent_at, row.tries, row.detail) == (None, 1, "gateway_refused") and notice.read_at is None
        assert services.due_messages() == []
        gateways.down = False
        tick(timedelta(seconds=11))
        send_all()
        row.refresh_from_db()
        assert row.sent_at and row.tries == 2 and len(gateways.sent) == 1


def test_after_the_last_try_it_is_given_up_and_recorded(chen, gateways):
    gateways.down = True
    with clock.frozen(clock.now()) as tick:
        tell_chen(chen, channels=["email"])
        for _ in range(10):
            send_all()
            tick(timedelta(hours=3))
        row = Outbound.objects.get()
        assert row.given_up_at and row.tries == len(services.BACK_OFF) + 1


def test_without_an_address_it_is_given_up_at_once(gx, chen_of, gateways):
    tell_chen(chen_of(), channels=EVERY)
    send_all()
    details = {row.channel: row.detail for row in Outbound.objects.all()}
    assert details == {
        "email": "no_address", "sms": "no_address", "phone_call": "no_address", "wecom": "no_gateway",
        "dingtalk": "no_gateway",
    }  # fmt: skip


def test_what_was_read_meanwhile_is_not_sent(chen, gateways):
    tell_chen(chen, channels=["email"])
    mark_read(user_id=chen.pk)
    send_all()
    assert not gateways.sent and Outbound.objects.get().detail == "not_needed"


def test_an_urgent_notice_is_repeated_until_read(chen, gateways):
    with clock.frozen(clock.now()) as tick:
        notice = tell_chen(chen, urgent=True, channels=["sms"])
        send_all()
        for sent in (2, 3):
            assert repeat_urgent() == 0
            tick(services.REPEAT_EVERY)
            assert repeat_urgent() == 1
            send_all()
            assert len(gateways.sent) == sent
        mark_read(user_id=chen.pk, notice_ids=[notice.pk])
        tick(services.REPEAT_EVERY)
        assert repeat_urgent() == 0


def test_repeating_ends_some_time(chen, gateways):
    with clock.frozen(clock.now()) as tick:
        tell_chen(chen, urgent=True, channels=["sms"])
        for _ in range(REPEAT_TIMES + 3):
            tick(services.REPEAT_EVERY)
            repeat_urgent()
        assert Outbound.objects.count() == REPEAT_TIMES + 1


@pytest.mark.parametrize(
    ("quiet", "at", "sent_at"),
    [
        ((22, 7), "23:30", "07:00+1"), ((22, 7), "06:59", "07:00"), ((22, 7), "07:00", "07:00"),
        ((22, 7), "21:59", "21:59"), ((12, 14), "12:00", "14:00"), ((12, 14), "14:00", "14:00"),
        ((9, 9), "09:00", "09:00"),
    ],
)  # fmt: skip
def test_in_quiet_hours_messages_wait_for_their_end(gx, chen_of, gateways, quiet, at, sent_at):
    chen = chen_of(quiet_from=time(quiet[0]), quiet_until=time(quiet[1]), email="c@example.com")
    day = datetime(2026, 11, 20, tzinfo=clock.SHANGHAI)

    def moment(text: str) -> datetime:
        hours, _, plus = text.partition("+")
        return datetime.combine(day + timedelta(days=int(plus or 0)), time.fromisoformat(hours), clock.SHANGHAI)

    with clock.frozen(moment(at)):
        tell_chen(chen, channels=["email"])
        assert Outbound.objects.get().next_try_at == moment(sent_at)
        assert Notice.objects.get().read_at is None
        Outbound.objects.all().delete()
        tell_chen(chen, channels=["email"], urgent=True)
        assert Outbound.objects.get().next_try_at == moment(at)


def test_suspended_and_unknown_people_are_told_nothing(chen, gateways):
    chen.is_active = False
    chen.save()
    assert tell(to=[chen.pk, live.UUID(int=1)], code="x", title="x", url="/") == []


def test_reading_is_told_to_the_apps_above_once(chen):
    heard = []

    def listen(sender, notice, **more):
        heard.append(notice.pk)

    services.read.connect(listen)
    try:
        notice = tell_chen(chen)
        assert mark_read(user_id=chen.pk, notice_ids=[notice.pk]) == 1
        assert mark_read(user_id=chen.pk, notice_ids=[notice.pk]) == 0
    finally:
        services.read.disconnect(listen)
    assert heard == [notice.pk]


def test_an_unknown_channel_is_an_error_of_the_caller(chen):
    with pytest.raises(ValueError, match="no such channels"):
        tell_chen(chen, channels=["pigeon"])


# Robots and codes -----------------------------------------------------------------------------------------------------


def test_a_robot_s_address_is_sealed_in_the_database(robots):
    rows = list(ChannelSetting.objects.values_list("sealed_url", flat=True))
    assert len(rows) == 2 and not any("secret" in text for text in rows)


@pytest.mark.parametrize("url", ["json://169.254.169.254/", "file:///etc/passwd", "wecombot", "dingtalk://x", ""])
def test_a_robot_s_address_reaches_the_robot_s_own_service_alone(gx, url):
    with pytest.raises(BadInput):
        set_robot(owner="gx", name="wecom", url=url, by=MACHINE)
    with pytest.raises(BadInput):
        set_robot(owner="gx", name="sms", url="jsons://anywhere/", by=MACHINE)


def test_the_administrator_sets_tries_and_removes_a_robot_and_nobody_reads_its_address(
    chen, chen_of, client_for, gateways
):
    huang = chen_of("huang", title="黄管理员")
    Post.objects.filter(user=huang).update(role=Post.Role.BUREAU_ADMIN)
    assert client_for("gx", user=chen).get("/admin/robots/").status_code == 404
    admin = client_for("gx", user=huang)

    def do(step: str, **more: str) -> str:
        return admin.post("/admin/robots/", {"name": "wecom", "step": step} | more, follow=True).content.decode()

    assert "没有收下" in do("try")
    page = do("set", url="wecombot://botkey-secret-9")
    assert "已保存" in page and "secret" not in page
    assert "已收下" in do("try") and gateways.sent[-1].url == "wecombot://botkey-secret-9"
    gateways.down = True
    assert "没有收下" in do("try")
    assert admin.post("/admin/robots/", {"name": "wecom", "step": "set", "url": "json://10.0.0.1/"}).status_code == 400
    assert "已移除" in do("remove") and not ChannelSetting.objects.exists()
    assert list(Trail.objects.filter(record_label="notify.channelsetting").values_list("verb", flat=True)) == [
        "set",
        "remove",
    ]


def test_a_sign_in_code_goes_through_the_sms_gateway(gx, gateways):
    SmsSender().send("+8613900000001", "123456")
    assert gateways.sent[0].url == "jsons://gateway/sms?to=%2B8613900000001" and "123456" in gateways.sent[0].body


def test_only_paths_of_ours_are_linked():
    assert path_only("/requests/1/?a=b#c") == "/requests/1/"
    assert path_only("https://elsewhere/x") == path_only("//elsewhere/x") == path_only("javascript:x") == ""


def test_links_lead_to_the_host_of_the_seat(office_seat):
    assert page_address(Notice(url="/letters/")) == "http://federation.testhost/letters/"


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_page_shows_one_s_own_notices_and_opening_one_reads_it(chen, chen_of, client_for):
    other = chen_of("li", title="李队长")
    mine, theirs = tell_chen(chen, title="给陈的", urgent=True), tell_chen(other, title="给李的")
    client = client_for("gx", user=chen)
    page = client.get("/notices/").content.decode()
    assert "给陈的" in page and "给李的" not in page and "紧急" in page
    assert "1" in client.get("/notices/bell").content.decode()
    assert client.post(f"/notices/{theirs.pk}/open").status_code == 404
    answer = client.post(f"/notices/{mine.pk}/open")
    assert (answer.status_code, answer["Location"]) == (302, "/requests/1/")
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.read_at and not theirs.read_at
    assert client.get("/notices/bell").content.decode().strip() == ""


def test_all_can_be_read_at_once_and_nothing_without_signing_in(chen, client_for):
    for _ in range(3):
        tell_chen(chen)
    assert client_for("gx").get("/notices/").status_code == 302
    client = client_for("gx", user=chen)
    assert client.post("/notices/read").status_code == 302
    assert not Notice.objects.filter(read_at=None).exists()
    assert "未读" not in client.get("/notices/").content.decode()


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_notice_never_leads_off_this_host(chen, client_for, url):
    notice = tell_chen(chen, url=url)
    answer = client_for("gx", user=chen).post(f"/notices/{notice.pk}/open")
    assert answer["Location"] == "/notices/"


def test_an_empty_page_says_what_will_come(chen, client_for):
    assert "还没有消息" in client_for("gx", user=chen).get("/notices/").content.decode()
