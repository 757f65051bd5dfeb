"""What the clients of a bench take for an answer, and what is compared with what."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from tenants.bureau.benches.crowd.caller import Crowd
from tenants.bureau.benches.crowd.servers import Heard
from tenants.bureau.benches.stored import worst

ANSWERS = {"/list/": b"200 OK", "/made/": b"201 Created", "/home/": b"302 Found"}


def heard(**times: list[float]) -> Heard:
    return Heard(times, {}, spent_s=1.0)


def test_a_page_that_sends_its_reader_away_is_not_measured():
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                said = ANSWERS[head.split()[1].decode()]
                writer.write(b"HTTP/1.1 " + said + b"\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def asked() -> dict[str, dict]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        calls = [{"name": path.strip("/"), "weight": 1, "host": "x", "path": path} for path in ANSWERS]
        port = server.sockets[0].getsockname()[1]
        plan = {"port": port, "seconds": 0.2, "people": 2, "patience_s": 5, "seed": 1, "calls": calls}
        async with server:
            return await Crowd(plan).run()

    told = asyncio.run(asked())
    assert set(told["times"]) == {"list", "made"} and set(told["ends"]) == {"list", "made", "home"}
    ends = {name: Counter(each) for name, each in told["ends"].items()}
    with pytest.raises(RuntimeError, match="home answered .*302"):
        Heard(told["times"], ends, told["spent_s"]).refuse_errors()
    del ends["home"]
    Heard(told["times"], ends, told["spent_s"]).refuse_errors()


def test_only_what_was_heard_often_enough_on_both_sides_is_compared():
    few = heard(list=[10.0] * 3, bare=[1.0] * 3, figures=[9.0] * 2)
    many = heard(list=[40.0] * 3, bare=[2.0] * 3, figures=[9.0] * 9, search=[7.0] * 9)
    assert many.against(few) == {"bare": 2.0, "list": 4.0}
    assert many.against(few, beside="bare") == {"bare": 1.0, "list": 2.0}


def test_the_worst_ratio_says_what_it_was_held_to():
    assert worst({"a": 1.1, "b": 1.3}, 1.2) == (1.3, "b: the same page")
    assert worst({"a": 1.1, "b": 1.3}, 1.4) == (1.4, "all pages together")


def test_a_turn_in_which_the_machine_was_busy_does_not_say_that_the_pages_are_slower():
    one = replace(heard(), rates=[36.0, 34.0, 19.0, 36.0, 36.0])
    other = replace(heard(), rates=[35.0, 18.0, 36.0, 36.0, 37.0])
    assert other.times_fewer(one) == 1.0
    assert replace(heard(), rates=[18.0] * 5).times_fewer(one) == 2.0
