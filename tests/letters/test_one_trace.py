"""What one officer set off is one trace, over all the seats that its letters reach."""

from __future__ import annotations

from django.db import transaction
from harness import spans

from federation.contracts.addresses import Address
from federation.letters.post import post
from kernel.ids import uuid7
from provinces.seats import BRANDS, OFFICE
from watching import tracing

from .conftest import LIN, WINE, ZHAO, NoteV1

TO_OFFICE, TO_WINE, TO_GX = Address.office(), Address.organisation(WINE), Address.province("gx")


def test_a_matter_that_goes_from_a_province_by_the_office_to_a_brand_and_back_is_one_trace(desk):
    thread, onward = uuid7(), {TO_OFFICE: (TO_WINE, ZHAO), TO_WINE: (TO_GX, LIN)}

    def pass_on(message, envelope):
        if envelope.addressee in onward:
            to, by = onward[envelope.addressee]
            sender = envelope.addressee if envelope.addressee == TO_WINE else None
            with transaction.atomic():
                post(NoteV1(text=message.text), to=to, thread=thread, by=by, sender=sender)

    desk.behave = pass_on
    with spans.kept() as exporter:
        with tracing.span("request", kind="server"):
            desk.send("张某售假", TO_OFFICE, thread=thread)
        for seat in (OFFICE, BRANDS, TO_GX.seat):
            with tracing.span("task letters.deliver", kind="consumer"):
                assert desk.deliver(seat) == 1
        found = spans.told(exporter)
    steps = [each for each in found if each["name"].startswith("letter.")]
    assert {each["trace"] for each in steps} == {next(each["trace"] for each in found if each["name"] == "request")}
    ways = {(each["name"], each["attributes"]["province"]) for each in steps}
    seats = {"gx", OFFICE.name, BRANDS.name}
    assert ways == {(name, seat) for name in ("letter.write", "letter.deliver") for seat in seats}
    known = {each["id"] for each in found}
    assert all(each["above"] in known for each in steps), "no step hangs in the air"
    tasks = {each["id"] for each in found if each["name"].startswith("task ")}
    received = [each for each in steps if each["name"] == "letter.deliver"]
    assert all({link[1] for link in each["links"]} <= tasks and each["links"] for each in received), (
        "a task that carries letters of many matters is linked, and no part of any"
    )
    assert "张某" not in str(found) and "售假" not in str(found)
