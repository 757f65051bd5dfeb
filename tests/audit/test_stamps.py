"""Time-stamps of heads: by an authority made with openssl behind a small HTTP server, and by our own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from harness.openssl_tsa import authority, tsa  # noqa: F401 - fixtures

from audit import heads, log, stamps
from audit.models import HeadStamp, LogHead
from kernel import clock


@pytest.fixture
def head(brands_seat):
    """A head of the brands' log, whose seat writes no letters."""
    log.append("test", uuid4(), {})
    return heads.make()


def test_the_authoritys_time_stamp_is_kept_whole_and_verifies_with_its_certificate(head, tsa):
    assert stamps.finish_waiting("brands") == 1
    stamp = HeadStamp.objects.get(head=head)
    assert (stamp.state, stamp.is_demo, stamp.authority.split(":")[0]) == ("stamped", False, "127.0.0.1")
    assert abs(stamp.stamped_at - clock.now()) < timedelta(minutes=1)
    data, response = head.body.encode(), bytes(stamp.response)
    assert stamps.verified_at(response, data, is_demo=False) == stamp.stamped_at
    with pytest.raises(stamps.NoStamp):
        stamps.verified_at(response, data + b" ", is_demo=False)
    with pytest.raises(stamps.NoStamp):
        stamps.verified_at(response, data, is_demo=True)
    (tsa.folder / "head").write_bytes(data)
    (tsa.folder / "kept.tsr").write_bytes(response)
    tsa._openssl("ts", "-verify", "-data", "head", "-in", "kept.tsr", "-CAfile", "ca.pem", "-untrusted", "tsa.pem")


def test_with_the_authority_down_the_head_waits_marked_and_is_finished_later(head, tsa):
    tsa.broken = True
    assert stamps.finish_waiting("brands") == 0
    stamp = HeadStamp.objects.get(head=head)
    assert (stamp.state, stamp.tries) == ("waiting", 1)
    assert "503" in stamp.problem
    tsa.broken = False
    asked = tsa.asked
    assert stamps.finish_waiting("brands") == 0, "not before its time"
    assert tsa.asked == asked
    with clock.frozen(clock.now() + stamps.BACK_OFF[0] + timedelta(seconds=1)):
        assert stamps.finish_waiting("brands") == 1
    stamp.refresh_from_db()
    assert (stamp.state, stamp.problem) == ("stamped", "")


def test_an_answer_to_another_question_does_not_count(head, tsa):
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    other = TimestampRequestBuilder().data(b"other").hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()
    tsa.spoil = lambda query: other
    assert stamps.finish_waiting("brands") == 0
    assert "nonce" in HeadStamp.objects.get(head=head).problem


def test_an_authority_that_nobody_vouches_for_does_not_count(head, tsa, settings):
    settings.TSA_CERTIFICATES = ""
    assert stamps.finish_waiting("brands") == 0
    assert "TSA_CERTIFICATES" in HeadStamp.objects.get(head=head).problem


def test_without_an_authority_our_own_stamps_and_says_that_it_is_for_demonstration(head):
    assert stamps.finish_waiting("brands") == 1
    stamp = HeadStamp.objects.get(head=head)
    assert stamp.is_demo
    assert "演示时间戳" in stamp.authority
    assert stamps.verified_at(bytes(stamp.response), head.body.encode(), is_demo=True) == stamp.stamped_at


def test_there_is_one_head_a_day_and_it_covers_what_came_before(brands_seat):
    from audit.tasks import daily

    assert not heads.is_due("brands")
    log.append("test", uuid4(), {})
    daily.run()
    log.append("test", uuid4(), {})
    daily.run()
    assert [head.size for head in LogHead.objects.filter(log="brands")] == [1]
    with clock.frozen(clock.now() + timedelta(days=1)):
        daily.run()
    assert [head.size for head in LogHead.objects.filter(log="brands")] == [1, 2]
    assert heads.is_whole(heads.latest("brands"))
