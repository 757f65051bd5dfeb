"""What a launch costs the database, and what is left of one that is taken back half way."""

import re
from threading import Barrier, Thread

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from accounts.models import Session
from audit.models import Trail
from kernel.errors import Conflict
from provinces import context
from tenants.embedding.models import Launch, Matter
from tenants.embedding.services import beginning, matters


def launch(browser, token):
    return browser.get("/launch/", {"token": token})


def statements(captured):
    """`INSERT audit_trail`, in their order; of one that looks into other tables by the way, the first of its own."""
    said = [row["sql"].replace('"', "") for row in captured.captured_queries]
    return [named(each) for each in said]


def named(sql):
    while (outer := re.sub(r"\([^()]*\)", "", sql)) != sql:
        sql = outer
    found = re.match(r"(INSERT|UPDATE|DELETE|SELECT)(?: INTO| FROM)?(?: (?!FROM).*? FROM)? (\w+)", sql)
    return f"{found[1]} {found[2]}" if found else sql


def test_opening_a_case_again_reads_six_rows_and_writes_six_in_one_transaction(world, client_for):
    """Nothing is read twice, and no row is written twice."""
    first = launch(client_for("gx"), world.system.token(target="matter"))
    browser, token = client_for("gx"), world.system.token(target="matter")
    with context.province("gx"), CaptureQueriesContext(connection) as cost:
        again = launch(browser, token)
    assert again.status_code == 302 and again["Location"] == first["Location"]
    assert statements(cost) == [
        "SELECT connections_connection",
        "SELECT embedding_launchkey",
        "SELECT accounts_user",
        "SELECT accounts_post",
        "BEGIN",
        "SELECT embedding_matter",
        "UPDATE embedding_matter",
        "INSERT embedding_launch",
        "INSERT audit_trail",
        "SELECT mfa_authenticator",
        "UPDATE accounts_user",
        "INSERT usersessions_usersession",
        "INSERT accounts_session",
        "COMMIT",
    ]
    with context.province("gx"), CaptureQueriesContext(connection) as cost:
        assert browser.get(again["Location"]).status_code == 200
    assert [each for each in statements(cost) if not each.startswith("SELECT")] == ["INSERT audit_readline"]


def test_a_launch_that_ends_half_way_leaves_nothing_and_its_link_still_works(world, browser, monkeypatch):
    """Matter, trail, session and the token's number are one commit."""
    token = world.system.token(target="matter")
    with monkeypatch.context() as broken:

        def refuse(*_args, **_more):
            raise Conflict("不行", code="conflict")

        broken.setattr(beginning, "address_for", refuse)
        ended = launch(browser, token)
    assert ended.status_code == 409 and not ended.cookies["embedded"].value
    with context.province("gx"):
        assert not Launch.objects.exists() and not Matter.objects.exists() and not Session.objects.exists()
        assert not Trail.objects.filter(record_label="embedding.matter").exists()
    assert launch(browser, token).status_code == 302


@pytest.mark.parametrize("target", ["appraisal", "matter"])
def test_a_link_used_again_changes_nothing(world, browser, target):
    """The number is spent in the transaction that signs in: the second use is taken back as a whole."""
    token = world.system.token(target=target)
    assert launch(browser, token).status_code == 302
    with context.province("gx"):
        before = list(Matter.objects.values()), Trail.objects.count(), Session.objects.count()
    assert launch(browser, token).status_code == 403
    with context.province("gx"):
        assert (list(Matter.objects.values()), Trail.objects.count(), Session.objects.count()) == before


def test_of_two_at_the_same_moment_one_link_lets_one_in_and_one_new_case_is_one(world, client_for):
    """The second finds what the first wrote, and is done over from the beginning or refused."""

    def together(*tokens):
        start, answers = Barrier(len(tokens)), []

        def open_one(browser, token):
            start.wait(10)
            answers.append(launch(browser, token).status_code)
            connections.close_all()

        threads = [Thread(target=open_one, args=[client_for("gx"), each]) for each in tokens]
        for each in threads:
            each.start()
        for each in threads:
            each.join(20)
        return sorted(answers)

    for turn in range(3):
        one = world.system.token(f"同一链接〔2026〕{turn}号", target="matter")
        assert together(one, one) == [302, 403]
        first, second = (world.system.token(f"同一案件〔2026〕{turn}号", target="matter") for _each in range(2))
        assert together(first, second) == [302, 302]
    with context.province("gx"):
        assert Matter.objects.count() == 6 and not Matter.objects.exclude(state="active").exists()
        assert Session.objects.count() == 9 == UserSession.objects.count()


@pytest.mark.parametrize("keys", [("", ""), ("AJ-7", "AJ-7"), ("", "AJ-7"), ("AJ-7", "")])
def test_a_case_begun_between_two_looks_of_another_launch_is_the_same_case(world, client_for, monkeypatch, keys):
    """The second launch has looked by number and found nothing, when the first commits."""
    number, (first, second) = "看两眼之间〔2026〕1号", keys
    inner = world.system.token(number, target="matter", case={"id": first} if first else None)
    outer = world.system.token(number, target="matter", case={"id": second} if second else None)
    looked, answers = matters._earlier, []

    def meanwhile():
        answers.append(launch(client_for("gx"), inner).status_code)
        connections.close_all()

    def with_another_between(*said):
        monkeypatch.setattr(matters, "_earlier", looked)
        other = Thread(target=meanwhile)
        other.start()
        other.join(20)
        return looked(*said)

    monkeypatch.setattr(matters, "_earlier", with_another_between)
    answers.append(launch(client_for("gx"), outer).status_code)
    assert answers == [302, 302]
    with context.province("gx"):
        matter = Matter.objects.get()
        assert (matter.state, matter.external_id) == ("active", first or second)


@pytest.mark.parametrize("how", ["over", "ended"])
def test_what_is_over_or_ended_is_swept_from_the_list_of_devices(world, client_for, how):
    """A case is opened twenty times a day: the list names the sessions that live."""
    for _turn in range(2):
        launch(client_for("gx"), world.system.token(target="matter"))
    with context.province("gx"):
        assert UserSession.objects.filter(user=world.chen).count() == 2
        first = Session.objects.order_by("session_key")[0]
        if how == "over":
            Session.objects.filter(pk=first.pk).update(expire_date=timezone.now())
        else:
            first.delete()
        sessions.sweep()
        (left,) = Session.objects.all()
        assert left.pk != first.pk and UserSession.objects.get(user=world.chen).session_key == left.pk
