"""A run of the worker that dies or hangs is noticed, said to be pending, and made again."""

import faulthandler
import sys

import pytest

from appraisal.hints import presenters
from appraisal.hints.models import Looked
from appraisal.recognition import engine, tasks
from appraisal.recognition.models import PhotoLook
from appraisal.recognition.services import asking, indexes, looking
from appraisal.recognition.services.looking import Seen
from appraisal.requests import selectors as requests
from kernel import clock
from provinces import context
from provinces.seats import BRANDS


class Killed(BaseException):
    """What nothing catches: as if the process were gone."""


@pytest.fixture
def run(monkeypatch):
    """`run(look, dies)`: what a worker does with a photo; no engine, and an end in the middle if it dies."""
    monkeypatch.setattr(engine, "picture", lambda _exhibit: None)
    monkeypatch.setattr(indexes, "usable", lambda _organisation: True)

    def go(look, dies=False):
        def see(_photo, _image, **_more):
            if dies:
                raise Killed
            return Seen(good=True, engine="test")

        monkeypatch.setattr(looking, "see", see)
        if dies:
            with pytest.raises(Killed):
                looking.look(look.pk)
        else:
            looking.look(look.pk)
        look.refresh_from_db()
        return look.state

    return go


def began_long_ago(look):
    PhotoLook.objects.filter(pk=look.pk).update(started_at=clock.now() - asking.LOST_AFTER * 1.1)


def outcome(bureau, request):
    with context.province(bureau.code):
        return Looked.objects.filter(item__request=request).values_list("outcome", flat=True).first()


def test_a_worker_killed_in_the_middle_is_noticed_the_page_says_pending_and_the_photo_is_looked_at_again(
    library, run, post_goes, monkeypatch, client_for
):
    asked = []
    monkeypatch.setattr(asking, "enqueue_look", asked.append)
    request = library.ask(library.gz)
    asked.clear()
    with context.seat(BRANDS):
        look = PhotoLook.objects.get(photo=library.photo(request))
        assert run(look, dies=True) == "running" and look.tries == 1
        assert asking.notice_lost() == 0, "it may still be at it"
        assert run(look) == "running", "a second worker does not take what one has"
        began_long_ago(look)
        assert asking.notice_lost() == 1 and asking.notice_lost() == 0
        look.refresh_from_db()
        assert (look.state, asked) == ("pending", [look.pk])
    post_goes()
    assert outcome(library.gz, request) == "pending"
    page = client_for("gz", user=library.gz.chen).get(f"/requests/{request.pk}/").content.decode()
    assert "上次比对中断，稍后自动比对" in page
    with context.seat(BRANDS):
        assert run(look) == "done" and look.tries == 2
    post_goes()
    assert outcome(library.gz, request) == "nothing_similar"
    with context.province("gz"):
        (seen,) = presenters.of_request(requests.access_request(library.gz.chen, request.pk), late=False)
        assert seen.outcome == "nothing_similar"


def test_a_photo_that_kills_its_worker_every_time_is_given_up_and_said_to_be(library, run, post_goes):
    request = library.ask(library.gz)
    with context.seat(BRANDS):
        look = PhotoLook.objects.get(photo=library.photo(request))
        for _each in range(asking.MOST_TRIES):
            run(look, dies=True)
            began_long_ago(look)
            assert asking.notice_lost() == 1
        look.refresh_from_db()
        assert (look.state, look.tries, look.quality) == ("failed", asking.MOST_TRIES, ["other"])
    post_goes()
    with context.province("gz"):
        assert Looked.objects.get(item__request=request).poor[0]["reasons"] == ["other"]


def test_a_run_that_hangs_ends_its_process_and_the_alarm_is_taken_off_when_it_is_done(monkeypatch):
    alarms = []

    def alarm(after, *, exit, file):
        alarms.append((round(after), exit, file.fileno() >= 0))

    monkeypatch.setattr(faulthandler, "dump_traceback_later", alarm)
    monkeypatch.setattr(sys, "stderr", object())  # as in a worker, where it is a logger without a file
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: alarms.append("off"))
    with pytest.raises(ZeroDivisionError), tasks.ends_by(asking.LONGEST_RUN.total_seconds()):
        assert alarms == [(90, True, True)]
        raise ZeroDivisionError
    assert alarms == [(90, True, True), "off"]
    assert asking.LOST_AFTER > asking.LONGEST_RUN, "noticed only when the one that hung is gone"


def test_lost_runs_are_looked_for_by_a_worker_that_is_not_the_one_of_recognition(settings):
    routes, beat = settings.CELERY_TASK_ROUTES, settings.CELERY_BEAT_SCHEDULE["recognition-lost"]
    assert routes["recognition.lost"]["queue"] == "celery" and beat["task"] == "recognition.lost"
    assert beat["options"]["seat"] == "brands"
