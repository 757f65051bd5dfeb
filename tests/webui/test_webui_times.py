from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from webui.times import ago_words, duration_words, exact_words

NOW = datetime(2026, 3, 5, 6, 2, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 seconds"),
        (59, "59 秒", "59 seconds"),
        (60, "1 分钟", "1 minute"),
        (3599, "59 分钟", "59 minutes"),
        (3600, "1 小时", "1 hour"),
        (4800, "1 小时 20 分", "1 h 20 min"),
        (86400 * 2 + 5, "2 天", "2 days"),
        (-120, "2 分钟", "2 minutes"),
    ],
)
def test_a_length_of_time_is_told_in_at_most_two_units(seconds, zh, en):
    with translation.override("zh-hans"):
        assert duration_words(seconds) == zh
    with translation.override("en"):
        assert duration_words(timedelta(seconds=seconds)) == en


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=3), "3 分钟前"),
        (timedelta(minutes=-3), "3 分钟后"),
        (timedelta(days=6), "6 天前"),
        (timedelta(days=20), "2月13日"),
        (timedelta(days=400), "2025-01-29"),
    ],
)
def test_a_moment_is_told_by_its_distance_and_after_a_week_by_its_date(before, words):
    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        assert ago_words(NOW - before, NOW) == words


def test_the_exact_time_is_local_to_the_second():
    with timezone.override("Asia/Shanghai"):
        assert exact_words(NOW) == "2026-03-05 14:02:31"
