"""Suspended means out, at once and everywhere; a draft's upload ticket is the one thing that outlives it."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.urls import reverse
from harness.forgery import forged

from accounts import services, signals
from accounts.models import Session, User
from accounts.standing import in_good_standing
from accounts.tickets import BadTicket, make_upload_ticket, read_upload_ticket
from audit import trail
from kernel.errors import BadInput, NotAllowed
from provinces import context


def test_a_suspended_officer_is_out_on_the_next_request_in_every_browser(chen, huang, client_for):
    browsers = [client_for("gx", user=chen) for _ in range(3)]
    assert all(browser.get("/me/").status_code == 200 for browser in browsers)
    assert Session.objects.filter(user_id=chen.pk).count() == 3
    services.suspend(user=chen, by=huang, why="调查期间停用")
    assert not Session.objects.filter(user_id=chen.pk).exists()
    assert not UserSession.objects.filter(user_id=chen.pk).exists()
    assert all(browser.get("/me/").status_code == 302 for browser in browsers)
    assert not in_good_standing(chen.pk)
    last = trail.of(chen).last()
    assert (last.verb, last.by_id, last.why) == ("suspend", huang.pk, "调查期间停用")


def test_a_session_row_that_survived_does_not_help_a_suspended_officer(chen, client_for):
    browser = client_for("gx", user=chen)
    User.objects.filter(pk=chen.pk).update(is_active=False)
    assert Session.objects.filter(user_id=chen.pk).exists()
    assert browser.get("/me/").status_code == 302


def test_streams_and_tokens_are_told_once_the_suspension_stands(chen, huang, django_capture_on_commit_callbacks):
    heard = []

    def listen(user_id, **_said):
        heard.append(user_id)

    signals.suspended.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        services.suspend(user=chen, by=huang, why="停用")
        assert heard == []
    signals.suspended.disconnect(listen)
    assert heard == [chen.pk]


def test_a_restored_officer_signs_in_again_and_the_old_browser_stays_out(chen, huang, client_for):
    browser = client_for("gx", user=chen)
    services.suspend(user=chen, by=huang, why="停用")
    services.restore(user=chen, by=huang)
    assert in_good_standing(chen.pk)
    assert browser.get("/me/").status_code == 302
    assert client_for("gx", user=chen).get("/me/").status_code == 200


def test_nobody_unknown_or_empty_is_in_good_standing(gx):
    for nobody in (None, "", uuid4()):
        assert not in_good_standing(nobody)


def test_a_suspension_needs_a_reason_and_somebody_else(chen, huang):
    with pytest.raises(BadInput):
        services.suspend(user=chen, by=huang, why=" ")
    with pytest.raises(NotAllowed):
        services.suspend(user=huang, by=huang, why="我要休息")
    with pytest.raises(NotAllowed):
        services.suspend(user=huang, by=chen, why="不服")


def test_clearing_the_second_factor_ends_the_sessions_too(chen, huang, client_for):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=chen, type="totp", data={"secret": "x"})
    browser = client_for("gx", user=chen)
    assert services.reset_second_factor(user=chen, by=huang, why="换手机") == 1
    assert browser.get("/me/").status_code == 302


def test_one_administrator_alone_does_not_open_anothers_account(huang, lan):
    with pytest.raises(NotAllowed):
        services.reset_second_factor(user=lan, by=huang, why="忘了")


def test_an_upload_ticket_outlives_the_suspension_and_says_whose_draft_it_is(chen, huang):
    draft = uuid4()
    ticket = make_upload_ticket(draft_id=draft, user_id=chen.pk)
    services.suspend(user=chen, by=huang, why="停用")
    read = read_upload_ticket(ticket)
    assert (read.draft_id, read.user_id) == (draft, chen.pk)
    assert read.issued_at.tzinfo is not None


def test_an_upload_ticket_is_refused_after_seven_days_or_when_changed(gx, monkeypatch):
    ticket = make_upload_ticket(draft_id=uuid4(), user_id=uuid4())
    for wrong in ("", "x", forged(ticket), ticket.replace(":", ";")):
        with pytest.raises(BadTicket):
            read_upload_ticket(wrong)
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + timedelta(days=7, seconds=5).total_seconds())
    with pytest.raises(BadTicket):
        read_upload_ticket(ticket)


def test_an_upload_ticket_signs_nobody_in(chen, client_for):
    ticket = make_upload_ticket(draft_id=uuid4(), user_id=chen.pk)
    client = client_for("gx")
    for headers in ({"Authorization": f"Bearer {ticket}"}, {"Cookie": f"session={ticket}"}):
        assert client.get("/me/", headers=headers).status_code == 302


def test_nobody_s_seat_admits_nobody(database):
    from accounts.admission import admitted

    assert context.current() is None
    assert not admitted(User(username="x"))


def test_sign_in_brings_one_back_to_where_one_was(chen, client_for, settings):
    answer = client_for("gx").get("/me/")
    login = reverse("account_login", urlconf=settings.URLCONFS["province"])
    assert answer["Location"] == f"{login}?next=/me/"
