"""Guard G1: what a province or a house wrote is shown to nobody it was not sent to.

Every text that people wrote in three provinces and two houses carries a mark of its owner and its column, photos carry
one in their files. Every address of every host is then opened by everybody who is somebody else, and all that leaves
the house is searched: bodies (packed, compressed, PDF), headers, logs, caches and queues with their keys, the rows of
every other party, names of stored objects, and what webhooks post. A mark may be seen by those a letter took it to; and
a letter may carry only what `harness.declared_letters` says. An address that nobody reaches fails.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connection
from harness import canary, people
from harness.declared_letters import CARRIED, ENVELOPE, TOLD
from harness.guards import one_in, size
from harness.routes import Route, routes
from harness.world import World, add_province, build

from accounts.models import Post, User
from federation.letters.delivery import deliver_everywhere
from provinces import context
from provinces.hosts import DIRECTORY
from webhooks import events, signing
from webhooks.models import Endpoint, Event

from .test_authorisation_matrix import ELSEWHERE, WORDS, words_for

PROVINCES, HOUSES = ("gx", "gz", "gd"), ("lan", "he")


@dataclass(frozen=True)
class Viewer:
    """Who looks, on which host, of which kind; owner "": nobody is signed in."""

    host: str
    kind: str
    owner: str
    person: str


VIEWERS = [
    *(Viewer(code, "province", code, who) for code in PROVINCES for who in ("chen", "wei", "huang", "meng")),
    *(Viewer("brands", "brands", house, who) for house in HOUSES for who in ("lin", "admin", "rights")),
    Viewer("brands", "brands", "mall", "tang"),
    Viewer("federation", "office", "office", "zhao"),
    Viewer("gx", "province", "", "nobody"),
    Viewer("brands", "brands", "", "nobody"),
    Viewer("federation", "office", "", "nobody"),
    Viewer("", "public", "", "nobody"),
]
LEAVES = {"accounts/logout/", "demo/enter/", "dev/codes/", "i18n/setlang/"}
"""Addresses that end the walk, or show what is for the makers alone."""
THE_OFFICE_READS = {f"{house}: accounts.User.{column}" for house in ("la", "he") for column in ("name", "title")}
"""It let these houses in and lists their people."""
_UNSIGNED = "no letter of this world was signed, so there is no file"
_A_DRAFT = "the letter of this world is a draft"
_TICKET = "takes a ticket of a case system (tests/embedding)"
_BY_POST = "no department of this world was asked on paper (tests/correspondence)"
UNREACHED = {
    ("brands", "admin/quarantine/"): "photos to be claimed are a province's",
    ("brands", "api/v1/opinion-letters/<uuid:letter_id>/annex/"): _UNSIGNED,
    ("brands", "api/v1/opinion-letters/<uuid:letter_id>/paper/"): _UNSIGNED,
    ("brands", "opinions/<uuid:letter_id>/file/<slug:what>/"): _UNSIGNED,
    ("brands", "opinions/notices/<uuid:opinion_notice_id>/file/"): "the notice of this world came without its paper",
    ("brands", "opinions/objections/<uuid:objection_id>/file/<slug:what>/"): "nothing was handed in with the objection",
    ("brands", "reverse-clues/files/<uuid:reverse_file_id>/"): "its file is a row without bytes",
    ("office", r"^photo/(?P<exhibit_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<what>view|thumb|original)$"): (
        "the office holds no exhibit"
    ),
    ("office", "exhibits/<uuid:exhibit_id>/seal/"): "the office holds no exhibit",
    ("office", "admin/quarantine/"): "photos to be claimed are a province's",
    ("office", "api/v1/brokerage/letters/<uuid:letter_id>/"): "no official letter of this world was sent",
    ("office", "api/v1/brokerage/letters/<uuid:letter_id>/contents/"): "no official letter of this world was sent",
    ("office", "brokerage/letters/<uuid:letter_id>/"): "no official letter of this world was sent",
    ("office", "brokerage/letters/<uuid:letter_id>/contents/"): "no official letter of this world was sent",
    ("office", "api/v1/grants/<uuid:grant_id>/items/<uuid:shared_id>/"): "the office was given no grant",
    ("office", "grants/<uuid:grant_id>/items/<uuid:shared_id>/"): "the office was given no grant",
    ("province", "api/v1/referrals/messages/<uuid:linkage_message_id>/taken/"): "for the platform's program alone",
    ("province", "launch/"): _TICKET,
    ("province", "launch/done/"): _TICKET,
    ("province", "launch/oidc/"): _TICKET,
    ("province", "letters/pace/<uuid:delivery_id>/rate/"): "no letter of this world was answered",
    ("province", "official/<uuid:official_id>/claim/"): _A_DRAFT,
    ("province", "official/<uuid:official_id>/evidence/"): _A_DRAFT,
    ("province", "official/<uuid:official_id>/give-way/"): _A_DRAFT,
    ("province", "official/assistance/<uuid:assistance_id>/paper-receipt/"): _BY_POST,
    ("province", "official/assistance/<uuid:assistance_id>/paper-reply/"): _BY_POST,
    ("province", "opinions/letters/<uuid:held_letter_id>/file/<slug:what>/"): _UNSIGNED,
    ("province", "sandbox/"): "the hosts of the sandbox alone (tests/sandbox)",
}
"""Addresses that no row of the world opens, and why. What strangers are answered there is searched all the same."""
CALLS_OUT = {(502, "peers/<uuid:peer_id>/parties/")}
"""Answers of addresses that ask another installation, which is not there."""


@pytest.fixture(scope="module")
def marked(database, cluster):
    """The world with marks in it, committed; and 广东 as a third province that has dealings with nobody."""
    DIRECTORY.clear()
    whole = people.jpeg

    def jpeg(*args: object, **kwargs: object) -> bytes:
        data, seat = whole(*args, **kwargs), context.current()
        sign = canary.file_mark(seat.name) if seat is not None and seat.name in PROVINCES else b"none"
        return data[:2] + b"\xff\xfe" + (len(sign) + 2).to_bytes(2, "big") + sign + data[2:]

    def between(world: World) -> None:
        with cluster.superuser(cluster.database_name) as cursor:
            canary.mark(cursor, world)
        for owner, those in world.people.items():
            with context.seat(world.seat(owner)):
                for person in those.values():
                    person.refresh_from_db()

    people.jpeg = jpeg
    try:
        world = build(between)
        add_province(world, "gd")
        for code in PROVINCES:
            with context.province(code):
                unit = world.people[code]["chen"].unit
                meng = User.objects.create_user("meng", name="蒙某", title="蒙科", unit=unit)
                Post.objects.create(user=meng, unit=unit, role=Post.Role.DISPATCHER)
            world.people[code]["meng"] = meng
        between(world)
        deliver_everywhere()
    finally:
        people.jpeg = whole
    yield world
    connection.set_seat(None)
    database.empty_what_was_empty()


# What letters took where ----------------------------------------------------------------------------------------------


@dataclass
class Sent:
    """allowed: marks that each party may see; undeclared: (kind, place, column) that nobody has named."""

    allowed: dict[str, set[str]]
    undeclared: set[tuple[str, str, str]]


def sent(cluster, world: World) -> Sent:
    party = {f"organisation:{world.houses[name].organisation.pk}": name for name in HOUSES}
    party |= {f"organisation:{row.pk}": name for name, row in world.platforms.items()}
    allowed, undeclared = defaultdict(set), set()
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute(
            "SELECT l.kind, l.sender, l.document_no, l.purpose, b.body, array_agg(d.addressee) FROM letters_letter l"
            " JOIN letters_letterbody b ON b.letter_id = l.id JOIN letters_delivery d ON d.letter_id = l.id"
            " GROUP BY l.id, b.body"
        )
        for kind, sender, number, purpose, body, addressees in cursor.fetchall():
            outside = set(canary.find(f"{number} {purpose}".encode())) if ENVELOPE else set()
            inside = set()
            for place, mark in canary.carried(json.loads(body)):
                inside.add(mark)
                column = canary.column_of(mark)
                if column not in CARRIED.get((kind, place), ()):
                    undeclared.add((kind, place, column))
            allowed["office"] |= outside
            for each in (sender, *addressees):
                allowed[party.get(each, each.removeprefix("province:"))] |= inside | outside
    return Sent(allowed, undeclared)


def own(owner: str) -> str:
    return f"Zq{canary.owner_code(owner)}" if owner in (*PROVINCES, *HOUSES) else "Zq nobody"


def leaks(found: set[str], owner: str, letters: Sent) -> list[str]:
    """Marks in words that this party may not see."""
    strange = (mark for mark in found if not mark.startswith(own(owner)) and mark not in letters.allowed[owner])
    columns = {f"{mark[2:4]}: {canary.column_of(mark)}" for mark in strange}
    return sorted(columns - (THE_OFFICE_READS if owner == "office" else set()))


# Walking --------------------------------------------------------------------------------------------------------------


def addresses(route: Route, viewer: Viewer, world: World) -> Iterator[tuple[bool, str]]:
    """(whether with no ids but one's own, path) of one address: with one's own ids, and with those of everybody."""
    named = [name for name in route.arguments if name not in WORDS]
    if set(named) & ELSEWHERE:
        return
    words = [words_for(route, name) for name in route.arguments if name in WORDS]
    for owner in [viewer.owner or "gx", *(size(["gx", "lan"], [*PROVINCES, *HOUSES]) if named else [])]:
        ids = world.ids[owner]
        if set(named) <= set(ids):
            for picked in itertools.product(*words):
                values = dict(zip((name for name in route.arguments if name in WORDS), picked, strict=True))
                yield owner == viewer.owner or not named, route.path(values | {name: str(ids[name]) for name in named})


ALWAYS = {"", "desk/", "queue/", "api/v1/queue/", "api/v1/events/", "clues/", "letters/official/"}
"""Lists over everything: opened by everybody in the quick size too."""


def looks(route: Route, viewer: Viewer) -> bool:
    """Whether this viewer opens this address: in the quick size a few of them do."""
    if route.text in ALWAYS:
        return True
    return one_in(30, 1, route.text, viewer.person, viewer.owner)


def stored_by_digest() -> dict[str, set[str]]:
    """Whose objects have which bytes: a photo is known by its digest, whatever is drawn on it."""
    found: dict[str, set[str]] = defaultdict(set)
    root = Path(settings.OBJECTS_DIR)
    for file in root.rglob("*"):
        if file.is_file() and not file.relative_to(root).parts[0].startswith("."):
            found[hashlib.sha256(file.read_bytes()).hexdigest()].add(file.relative_to(root).parts[0])
    return found


def prefixes(owner: str, world: World) -> set[str]:
    """Whose objects a party may be shown: its own, among them copies of what letters brought; and the catalogue's."""
    if owner in world.platforms:
        return {"public", f"org-{world.platforms[owner].pk}"}
    catalogue = {f"org-{world.houses[name].organisation.pk}" for name in HOUSES} | {"brands"}
    return {owner, "public", *catalogue} if owner in PROVINCES else {owner, "public", "office", *catalogue}


def walk(world: World, client_for, letters: Sent, trials) -> tuple[list[str], set[tuple[str, str]]]:
    """(what was shown to whom, addresses that somebody reached)."""
    wrong, reached, objects, count = [], set(), stored_by_digest(), 0
    for viewer in VIEWERS:
        client = client_for(viewer.host, raise_request_exception=False)
        if viewer.owner:
            with context.seat(world.seat(viewer.owner)):
                client.force_login(world.people[viewer.owner][viewer.person])
        for route in routes(viewer.kind):
            if route.text in LEAVES or route.text.startswith("accounts/") or not looks(route, viewer):
                continue
            for is_own, path in addresses(route, viewer, world):
                answer = client.get(path, headers={"Accept": "application/json" if route.api else "text/html, */*"})
                data = b"".join(answer) if answer.streaming else answer.content
                count += 1
                found = canary.find(data) | canary.find(str(answer.headers).encode())
                what = f"{viewer.person} of {viewer.owner or 'nobody'} at {path}: {answer.status_code}"
                wrong += [f"{what}: {leak}" for leak in leaks(found, viewer.owner, letters)]
                holders = objects.get(hashlib.sha256(data).hexdigest(), set()) if data else set()
                if holders and not holders & prefixes(viewer.owner, world):
                    wrong.append(f"{what}: a file of {holders}")
                if answer.status_code >= 500 and (answer.status_code, route.text) not in CALLS_OUT:
                    wrong.append(f"{what}: failed")
                if (is_own or not route.arguments) and answer.status_code not in (403, 404):
                    reached.add((route.kind, route.text))
    trials(count)
    return wrong, reached


def at_rest(cluster, world: World, letters: Sent) -> list[str]:
    """Marks in rows of somebody else: another province's schema, or what is shared."""
    wrong = []
    everybodys = set().union(*letters.allowed.values())
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = ANY(%s) AND NOT c.relname LIKE 'letters\\_%%'",
            [["public", *PROVINCES, "fj"]],
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {schema}.{table} t WHERE t::text ~ 'Zq[a-z]{{2}}[0-9]{{3}}x'")
            for (row,) in cursor.fetchall():
                found = canary.find(row.encode())
                if schema == "public":
                    houses = tuple(own(name) for name in HOUSES)
                    found = {mark for mark in found if not mark.startswith(houses) and mark not in everybodys}
                    wrong += [f"{schema}.{table}: {mark[2:4]}: {canary.column_of(mark)}" for mark in found]
                else:
                    wrong += [f"{schema}.{table}: {leak}" for leak in leaks(found, schema, letters)]
    return wrong


def in_webhooks(world: World, trials) -> list[str]:
    """Words in what webhooks post: to the programs of each party, of all that any of its people may know of."""
    wrong, count = [], 0
    for owner in ("gx", "gz", *HOUSES, "office"):
        with context.seat(world.seat(owner)):
            endpoint = Endpoint.objects.select_related("connection").get(pk=world.ids[owner]["endpoint_id"])
            rows, known = list(Event.objects.filter(seat=world.seat(owner).name)), set()
            for person in world.people[owner].values():
                known |= events.visible(person, rows, house=endpoint.connection.organisation_id)
            for row in rows:
                if row.pk not in known:
                    continue
                count += 1
                marks = canary.find(signing.body_of(row, endpoint.connection_id))
                told = {f"{mark[2:4]}: {canary.column_of(mark)}" for mark in marks
                        if not mark.startswith(own(owner)) or canary.column_of(mark) not in TOLD}  # fmt: skip
                wrong += [f"webhook {row.kind} of {owner}: {each}" for each in sorted(told)]
    assert count, "events are told"
    trials(count)
    return wrong


def held(client: redis.Redis, key: bytes) -> object:
    """What stands under a key of any type."""
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"hash":
            return client.hgetall(key)
        case b"set":
            return client.smembers(key)
        case b"zset":
            return client.zrange(key, 0, -1)
        case _:
            return client.xrange(key)


def in_valkey(letters: Sent) -> list[str]:
    """Marks in caches, streams and queues, in keys and values: under the key of a seat only what it may see."""
    wrong = []
    for url in {settings.VALKEY_URL, settings.BROKER_URL}:
        client = redis.Redis.from_url(url)
        for key in client.scan_iter():
            named = [each for each in PROVINCES if f":{each}:".encode() in key]
            found = canary.find(key) | canary.find(str(held(client, key)).encode())
            wrong += [f"Valkey {key!r}: {leak}" for leak in leaks(found, named[0] if named else "", letters)]
        client.close()
    return wrong


@pytest.mark.guard("G1")
@pytest.mark.timeout(1800)
def test_nobody_is_shown_a_word_that_was_not_sent_to_them(marked, cluster, client_for, trials, caplog):
    caplog.set_level(logging.INFO)
    letters = sent(cluster, marked)
    wrong = [
        f'    ("{kind}", "{place}"): {{"{column}"}},  # tests/harness/declared_letters.py does not know it'
        for kind, place, column in sorted(letters.undeclared)
    ]
    shown, reached = walk(marked, client_for, letters, trials)
    wrong += shown + at_rest(cluster, marked, letters) + in_valkey(letters) + in_webhooks(marked, trials)
    wrong += [f"log: {canary.column_of(mark)}" for mark in canary.find(caplog.text.encode())]
    wrong += [f"mail: {mark}" for sent_mail in mail.outbox for mark in canary.find(str(sent_mail.message()).encode())]
    root = Path(settings.OBJECTS_DIR)
    wrong += [f"name of an object: {mark}" for file in root.rglob("*") for mark in canary.find(str(file).encode())]
    if size("", "full"):
        everything = {
            (each.kind, each.text)
            for viewer in VIEWERS
            for each in routes(viewer.kind)
            if not each.text.startswith("accounts/") and not set(each.arguments) & ELSEWHERE
        }
        wrong += [f"nobody reached {kind} {text}" for kind, text in sorted(everything - reached)
                  if (kind, text) not in UNREACHED and text not in LEAVES]  # fmt: skip
        wrong += [f"reached, and named as unreached: {each}" for each in sorted(UNREACHED.keys() & reached)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
