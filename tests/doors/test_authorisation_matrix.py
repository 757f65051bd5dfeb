"""Guard G2: whose id it is makes no difference to who may not see it.

Every address of every host is tried by everybody who could try it, with an id that belongs to somebody else and with
one that belongs to nobody. Both must be answered alike, to the letter, and when all is done not one row of any schema
may differ. An address with an argument that the tables below do not know fails: whoever adds one says whose it is.
"""

import itertools
import json
import re
import zlib
from dataclasses import dataclass

import pytest
from django.conf import settings
from harness.guards import one_in, size
from harness.routes import Route, routes

from accounts.models import Post, User
from audit.models import ReadLine
from kernel import clock
from kernel.ids import uuid7
from provinces import context

METHODS = size(("GET", "POST"), ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
QUIET = {"accounts_session", "audit_readline", "gateway_apitoken", "gateway_idempotencykey", "usersessions_usersession"}
"""Tables that note that somebody called at all."""

# Arguments that name no row: every value that means something there.
WORDS = {
    "what": {
        "photo": ["view", "original"],
        "roster": ["slot", "absence"],
        "opinions/objections": ["n1"],
        "opinions/letters": ["letter", "annex"],
        "opinions": ["paper", "annex", "scan"],
    },
    "step": {
        "admin/officers": ["suspend", "restore", "reset", "move", "appoint", "withdraw"],
        "admin/import": ["confirm", "agree", "drop", "start"],
        "retention/rules": ["agree", "refuse", "withdraw"],
        "retention/holds": ["review", "ask-lift", "lift", "keep-on"],
        "sign-on/refusals": ["link", "dismiss", "unlink"],
        "sign-on/clients": ["switch-on", "switch-off", "secret"],
        "sign-on": ["switch-on", "switch-off", "drop"],
        "people-sync": ["release", "reject", "undo", "settle"],
        "linkage": ["send", "amend", "arrived", "outcome", "reconsider", "supervise", "hand_over", "end", "withdraw"],
        "mandates": ["accept", "end"],
        "clues/imports": ["confirm", "drop", "start"],
        "products": ["publish", "drop", "retire", "bring-back"],
        "joint-cases": ["answer", "task", "close"],
        "joint/targets": ["change", "going", "people", "unable", "end", "late", "drop"],
        "joint": [
            "target",
            "announce",
            "answer",
            "hour",
            "describe",
            "planner",
            "province",
            "seat",
            "close",
            "call-off",
        ],
        "seizures": ["propose", "decide", "report", "seal", "hand-over", "release"],
        "opinions/notices": ["submit", "check", "issue", "change", "send-back", "withdraw"],
        "clues/assessments": ["say", "conclude"],
        "connections/<uuid:connection_id>/webhooks": ["on", "off", "rotate", "end-old", "test", "replay"],
        "connections": ["on", "off", "agree", "decline", "revoke", "narrow", "add-secret", "end-secret"],
        "disputes": ["statement", "proposal", "decline", "agree", "withdraw", "raise", "paper"],
        "clues/supervised": ["answer", "refuse", "lift"],
        "clues/competence/rules": ["end", "renew"],
        "clues": ["place", "dispatch", "recall", "verifiers", "hand-down", "end", "return", "supervise", "reopen"],
        "official": [
            "submit",
            "check",
            "issue",
            "send-down",
            "seal",
            "note",
            "sign-for",
            "accept",
            "return",
            "hand",
            "result",
            "consent",
            "refuse",
            "recall",
            "void",
        ],
        "cases": ["number", "party", "referral", "unit", "pause", "close"],
        "opinions": [
            "submit",
            "approve",
            "send-back",
            "revise",
            "sign",
            "withdraw",
            "drop",
            "take-over",
            "decide-mark",
            "refresh",
            "leave-out",
            "mail",
            "scan",
        ],
    },
    "part": {"joint-cases": ["wall", "timeline"]},
    "mapping_version": {"connections": ["1"]},
    "mapping_form": {"connections": ["json"]},
    "kind": {"papers": ["seizure_decision", "property_list"]},
    "letter_kind": {"official/from-case": ["assistance_request", "case_transfer"]},
    "number": {"official/assistance": ["1"]},
    "name": {"check": ["root"], "desk": ["talk", "head"], "scim": ["User"]},
    "rest": {"scim": ["x"]},
    "on": {"inspections/day": ["2026-01-01"]},
    "matter_kind": {
        "exhibits": ["request", "site", "transfer"],
        "exports": ["request", "site", "transfer"],
    },
}
# Arguments that are secrets or names of their own, tried elsewhere: enrolment codes (tests/parties), signed links
# (G13), digests of published pictures, names of providers (tests/signon), and what allauth keeps.
ELSEWHERE = {"code", "token", "sha256", "key", "uidb36", "pk", "provider_id", "slug"}
# Rows that are published: everybody of these hosts may read them, so no id of theirs is foreign.
PUBLISHED = {("province", "product_id"), ("office", "organisation_id"), ("office", "enrolment_id"),
             ("office", "delivery_id"), ("office", "document_id"), ("province", "unit_ref"),
             ("office", "unit_ref"), ("office", "statement_id")}  # fmt: skip
# What of a province belongs to one unit, so that an officer of another unit is a stranger to it.
OF_A_UNIT = {"request_id", "item_id", "site_id", "photo_id", "exhibit_id", "appointment_id", "supplement_id",
             "consultation_id", "task_id", "notice_id", "token_id", "matter_id", "sheet_id", "package_id",
             "transfer_id", "upload_id", "bundle_id", "inspection_id", "lot_id", "present_id", "seizure_id", "seal_id",
             "paper_id", "about_id", "proposal_id", "case_id", "hint_id", "code_id", "look_back_id", "assist_id",
             "batch_id", "held_letter_id", "mailing_id", "telling_id", "objection_id", "review_id", "alert_id",
             "offer_id", "sample_id", "clue_id", "embedded_matter_id", "view_id", "ledger_export_id", "run_id",
             "target_id",
             "report_id", "clue_telling_id", "card_id", "turn_id", "call_id", "action_id", "seat_id", "escort_id",
             "campaign_id", "assessment_id", "ask_id", "supervision_id", "official_id",
             "match_id", "stop_id", "series_id", "room_id", "assistance_id",
             "case_transfer_id", "dispute_id", "route_id", "look_id", "listed_id"}  # fmt: skip
# Everything that any form or body asks for, so that a wrong id is reached and not hidden behind a missing field.
BODY = {
    "reason": "因故", "why": "因故", "text": "你好", "note": "", "verb": "agree", "step": "confirm", "name": "某",
    "question": "真假？", "shot_code": "front_label", "absent_reason": "没有", "violation": "", "infringed_right": "",
    "county_code": "450103", "subject": "请教", "contact": "某", "value": "counterfeit", "reasons": "不符",
    "courier": "顺丰", "waybill_no": "1", "sent_on": "2026-01-01T00:00:00+08:00", "short_name": "某", "role": "officer",
    "brand_name": "某", "product_name": "某", "quantity": "1", "code": "x-9", "kind": "county_bureau",
    "purpose": "移送", "variant": "full",
    "words": "某", "uphold": "yes", "party_name": "某", "way": "in_person", "told_at": "2026-01-01T00:00:00+08:00",
    "check_code": "ABCD", "received_on": "2026-01-01", "unbroken": "yes", "opinion_no": "某", "answers": {},
    "division_code": "450103", "title": "某", "use": "retake", "query": "mine=1", "roles": ["officer"],
}  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """Who tries, on which host, with whose ids; `own` are ids the person may use beside the foreign one."""

    host: str
    kind: str
    owner: str
    person: str
    foreign: str
    only: frozenset[str] = frozenset()


ATTEMPTS = [
    *(Attempt("gx", "province", "gx", who, "gz") for who in ("nobody", "chen", "wei", "huang")),
    Attempt("gz", "province", "gz", "chen", "gx"),
    Attempt("gx", "province", "gx", "mo", "gx", frozenset(OF_A_UNIT)),
    *(Attempt("brands", "brands", "lan", who, "he") for who in ("nobody", "lin", "rights", "admin")),
    Attempt("brands", "brands", "he", "lin", "lan"),
    Attempt("brands", "brands", "mall", "tang", "he"),
    Attempt("federation", "office", "office", "nobody", "office"),
    Attempt("federation", "office", "office", "zhao", "gx", frozenset({"exhibit_id", "notice_id", "token_id"})),
]


def named(attempt: Attempt) -> str:
    return f"{attempt.person} of {attempt.owner} at {attempt.host} with ids of {attempt.foreign}"


def words_for(route: Route, argument: str) -> list[str]:
    """The values of an argument that names no row. Fails for an address the table does not know."""
    prefix = route.text.removeprefix("^").removeprefix("api/v1/")
    for begins, values in WORDS[argument].items():
        if prefix.startswith(begins):
            return values
    pytest.fail(f"nobody has said what <{argument}> may be in {route.text}: add it to WORDS")


def cases(route: Route, attempt: Attempt, world, absent: dict[str, str]):
    """Pairs of (values with a foreign id, the same with an absent one)."""
    names = [name for name in route.arguments if name not in WORDS]
    if not names or set(names) & ELSEWHERE:
        return
    foreign, own = world.ids[attempt.foreign], world.ids[attempt.owner]
    wanted = [name for name in names if (route.kind, name) not in PUBLISHED]
    if attempt.only:
        wanted = [name for name in wanted if name in attempt.only]
    for name in wanted:
        if name not in foreign or name not in own:
            pytest.fail(f"no row stands for <{name}> of {route.text}: add one to tests/harness/world.py")
    spoilt = [set(wanted)] if wanted else []
    if len(wanted) > 1:
        spoilt += [{name} for name in wanted]
    for chosen in spoilt:
        for picked in itertools.product(*(words_for(route, name) for name in route.arguments if name in WORDS)):
            words = dict(zip((name for name in route.arguments if name in WORDS), picked, strict=True))
            theirs = {name: str((foreign if name in chosen else own).get(name, absent["other"])) for name in names}
            nobodys = {**theirs, **{name: absent[name] for name in chosen}}
            yield {**theirs, **words}, {**nobodys, **words}


def said(response, values: dict[str, str]) -> tuple[int, str]:
    """An answer without what differs from call to call."""
    text = response.headers.get("Location", "") + "\n"
    text += (
        b"".join(response).decode(errors="replace") if response.streaming else response.content.decode(errors="replace")
    )
    # Tokens first: a step called "on" stands in `content=` too.
    text = re.sub(r'(csrf-token" content=|csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"', "", text)
    # The longest first: a question called "1" stands in the number of the call too.
    for value in sorted([*values.values(), response.headers.get("X-Request-Id") or "no number"], key=len, reverse=True):
        text = text.replace(value, "…")
    return response.status_code, text


def send(client, method: str, path: str, *, api: bool, body: dict):
    client.cookies.pop("messages", None)  # what the last answer said is shown on the next page
    more = {"HTTP_ACCEPT": "application/json" if api else "text/html"}
    if method in ("GET", "HEAD", "OPTIONS"):
        return client.generic(method, path, **more)
    if api or method != "POST":
        return client.generic(method, path, json.dumps(body), content_type="application/json", **more)
    return client.post(path, body, **more)


def rows_of_everybody(cluster) -> dict[str, str]:
    """A digest of every table's rows, in every schema."""
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'czj_template')"
        )
        tables = [(schema, name) for schema, name in cursor.fetchall() if name not in QUIET]
        parts = [
            f"SELECT '{schema}.{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
            f" FROM {schema}.{name} t"
            for schema, name in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def signed_in(client_for, world, attempt: Attempt):
    client = client_for(attempt.host, raise_request_exception=False)
    if attempt.person != "nobody":
        with context.seat(world.seat(attempt.owner)):
            client.force_login(world.people[attempt.owner][attempt.person])
    return client


def tries(route: Route, attempt: Attempt) -> bool:
    """Whether this address is tried by this person: in the quick size every twenty-fourth."""
    return one_in(24, 1, route.text, attempt.person, attempt.host)


def strangers_answers(route: Route, attempt: Attempt, world, client, absent):
    """(words that say what was tried, answer for the foreign id, answer for the absent one) of one address."""
    for theirs, nobodys in cases(route, attempt, world, absent):
        for method in sorted(set(METHODS) | route.methods):
            takes_it = method in route.methods or (method == "POST" and not route.api)
            for body in size([BODY], [BODY, {}]) if takes_it and method != "GET" else [{}]:
                answers = [
                    said(send(client, method, route.path(values), api=route.api, body=body), values)
                    for values in (theirs, nobodys)
                ]
                yield f"{method} {route.text} {theirs}", *answers


@pytest.mark.guard("G2")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["province", "brands", "office"])
def test_a_foreign_id_and_an_absent_one_are_answered_alike_and_change_nothing(
    everybody, cluster, client_for, kind, trials
):
    absent = {name: str(uuid7()) for values in everybody.ids.values() for name in values} | {"other": str(uuid7())}
    clients = {each: signed_in(client_for, everybody, each) for each in ATTEMPTS if each.kind == kind}
    before, count, wrong = rows_of_everybody(cluster), 0, []
    for attempt, client in clients.items():
        for route in routes(kind):
            if route.text.startswith("accounts/"):
                continue
            known = any(True for _case in cases(route, attempt, everybody, absent))  # says so if it is not
            if not known or not tries(route, attempt):
                continue
            for what, foreign, nobodys in strangers_answers(route, attempt, everybody, client, absent):
                count += 2
                if foreign != nobodys or foreign[0] >= 500:
                    wrong.append(f"{named(attempt)}: {what}: foreign {foreign[0]}, absent {nobodys[0]}")
                elif what.startswith("GET") and foreign[0] < 300:
                    wrong.append(f"{named(attempt)}: {what}: a stranger is shown something")
    trials(count)
    after = rows_of_everybody(cluster)
    wrong += [f"rows of {name} changed" for name in before if before[name] != after.get(name)]
    assert count and not wrong, "\n".join(wrong[:60])


# A foreign id inside a body, beside one's own -------------------------------------------------------------------------

LINES = {"id": "new", "text": "你好", "exhibit_ids": ["own exhibit_id", "foreign exhibit_id"]}
VERDICT = {"value": "genuine", "reasons": "相符"}
MIXED = [
    ("gx", "chen", "post", "requests/{request_id}/lines/", LINES),
    ("gx", "chen", "post", "requests/{request_id}/hand-over/", {"officer_id": "foreign user_id"}),
    ("gx", "chen", "post", "exports/", {"package_id": "foreign package_id", "purpose": "移送"}),
    ("gx", "chen", "post", "exports/", {"matter_kind": "request", "matter_id": "foreign matter_id", "purpose": "移送"}),
    ("gx", "chen", "post", "joint-cases/{room_id}/show/", {"exhibit_id": "foreign exhibit_id", "title": "某"}),
    ("gx", "huang", "post", "officers/{user_id}/move/", {"unit_id": "foreign unit_id"}),
    ("gx", "huang", "post", "units/{unit_id}/move/", {"parent_id": "foreign unit_id"}),
    ("gx", "huang", "get", "officers/?unit_id={foreign_unit_id}", None),
    ("lan", "lin", "post", "tasks/{task_id}/lines/", LINES),
    ("lan", "lin", "post", "tasks/{task_id}/answer/", {
        "answers": [{"item_id": "own item_id", **VERDICT}, {"item_id": "foreign item_id", **VERDICT}]}),
    ("lan", "lin", "post", "tasks/{task_id}/answer/", {
        "answers": [{"item_id": "own item_id", **VERDICT,
                     "checkpoints": [{"checkpoint_id": "foreign checkpoint_id", "result": "same"}]}]}),
    ("lan", "lin", "post", "tasks/{task_id}/ask-again/", {
        "item_id": "foreign item_id", "shot_code": "front_label", "reason": "不清"}),
    ("lan", "lin", "get", "queue/", None),
]  # fmt: skip


def filled(body, own, foreign):
    """A body with ids in the place of the words that name them."""
    if isinstance(body, dict):
        return {key: filled(value, own, foreign) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, own, foreign) for value in body]
    whose, _, name = body.partition(" ") if isinstance(body, str) else ("", "", "")
    if body == "new":
        return str(uuid7())
    return str({"own": own, "foreign": foreign}[whose][name]) if whose in ("own", "foreign") else body


@pytest.mark.guard("G2")
def test_a_foreign_id_in_a_body_is_told_from_an_absent_one_by_nothing(everybody, cluster, client_for, trials):
    people = {(row[0], row[1]) for row in MIXED}
    hosts = {"gx": "gx", "lan": "brands"}
    clients = {who: signed_in(client_for, everybody, Attempt(hosts[who[0]], "", *who, "")) for who in people}
    before, wrong = rows_of_everybody(cluster), []
    for owner, person, method, address, body in MIXED:
        own, foreign = everybody.ids[owner], everybody.ids[{"gx": "gz", "lan": "he"}[owner]]
        client = clients[owner, person]
        answers = []
        for theirs in (foreign, dict.fromkeys(foreign, uuid7())):
            path = "/api/v1/" + address.format(**own, foreign_unit_id=theirs.get("unit_id"))
            more = {"HTTP_X_ORGANISATION": str(theirs["organisation_id"])} if address == "queue/" else {}
            data = json.dumps(filled(body, own, theirs)) if body else ""
            answer = client.generic(method.upper(), path, data, content_type="application/json", **more)
            answers.append(said(answer, {name: str(value) for name, value in theirs.items()}))
            trials(1)
        if answers[0] != answers[1] or not 400 <= answers[0][0] < 500:
            wrong.append(f"{method} {address}: foreign {answers[0]}, absent {answers[1]}")
    after = rows_of_everybody(cluster)
    wrong += [f"rows of {name} changed" for name in before if before[name] != after.get(name)]
    assert not wrong, "\n".join(wrong)


# Nobody ---------------------------------------------------------------------------------------------------------------

OPEN = {
    "sw.js", "manifest.webmanifest", "offline/", "words.js", "dev/codes/", "api/v1/", "api/v1/schema/", "enrol/",
    "demo/enter/", "demo/guide/close/", "letter-check/", "i18n/setlang/", "queue/", "phone/", "inspections/phone/",
    "standing/", "clues/phone/",
    ".well-known/openid-configuration", ".well-known/jwks.json", "identity/o/authorize", "identity/o/logout",
}  # fmt: skip


@pytest.mark.guard("G2")
@pytest.mark.parametrize("kind", ["province", "brands", "office"])
def test_nobody_is_let_in_anywhere_but_at_the_open_doors(everybody, cluster, client_for, kind, trials):
    host = {"province": "gx", "brands": "brands", "office": "federation"}[kind]
    client, before, wrong = client_for(host, raise_request_exception=False), rows_of_everybody(cluster), []
    for route in routes(kind):
        if route.arguments or route.text.startswith("accounts/") or not one_in(3, 1, route.text):
            continue
        for method in ("GET", "POST"):
            answer = send(client, method, route.path({}), api=route.api, body={})
            trials(1)
            inside = answer.status_code < 300
            elsewhere = answer.status_code in (301, 302) and "/accounts/login/" not in answer["Location"]
            if answer.status_code >= 500 or (route.text not in OPEN and (inside or elsewhere)):
                wrong.append(f"{method} {route.text}: {answer.status_code}")
    after = rows_of_everybody(cluster)
    wrong += [f"rows of {name} changed" for name in before if before[name] != after.get(name)]
    assert not wrong, "\n".join(wrong)


# Looks ----------------------------------------------------------------------------------------------------------------

READERS = {
    "province": [("gx", "gx", who) for who in ("chen", "wei", "huang")],
    "brands": [("lan", "brands", who) for who in ("lin", "rights", "admin")],
    "office": [("office", "federation", "zhao")],
}
ANY_WORD = {"what": "view", "matter_kind": "request", "letter_kind": "assistance_request", "kind": "seizure_decision"}


def sensitive(kind: str, ids: dict[str, str], part: int):
    """(address, what it shows) of every page and operation that shows one sensitive record of this owner."""
    for route in routes(kind):
        shown = [each for each in settings.AUDIT_READING.shown(kind, route.text) if each[1]]
        if not shown or (route.api and "GET" not in route.methods) or zlib.crc32(route.text.encode()) % part:
            continue
        if set(route.arguments) <= {*ANY_WORD, *ids}:
            yield route, shown


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", list(READERS))
def test_x_14_each_page_of_one_sensitive_record_leaves_a_line(everybody, client_for, kind):
    opened, wrong = set(), []
    for owner, host, who in READERS[kind]:
        client, seat = client_for(host, raise_request_exception=False), everybody.seat(owner)
        ids = {name: str(value) for name, value in everybody.ids[owner].items()}
        person = everybody.people[owner][who]
        with context.seat(seat):
            client.force_login(person)
        for route, shown in sensitive(kind, ids, size(5, 1)):
            if route.text in opened:
                continue
            since, accept = clock.now(), "application/json" if route.api else "text/html"
            if client.get(route.path({**ANY_WORD, **ids}), headers={"accept": accept}).status_code != 200:
                continue
            opened.add(route.text)
            with context.seat(seat):
                lines = ReadLine.objects.filter(at__gte=since, by_id=person.pk)
                found = {(label, str(key)) for label, key in lines.values_list("record_label", "record_id")}
            if missing := {(label, ids[name]) for label, name, _fields in shown} - found:
                wrong.append(f"{who} {route.text}: {missing} not written")
    assert not wrong, "\n".join(wrong)
    assert len(opened) >= size(1, {"province": 100, "brands": 40, "office": 8}[kind]), sorted(opened)


@pytest.mark.guard("G21")
@pytest.mark.timeout(600)
def test_x_13_none_of_the_three_administrators_reads_contents_by_office(everybody, client_for, trials):
    """People, their own trail and settings are open to them by office; no matter, photo or paper is. A hold tells the
    number of its record, why and by whose order, and they are who lifts it. Of a parcel whoever keeps its connection
    sees how it went: counts, digests, numbers of what the other side refused.
    """
    ids = {name: str(value) for name, value in everybody.ids["gx"].items()}
    by_office = {"accounts.user", "accounts.importjob", "letters.delivery", "parcels.parcel", "retention.hold"}
    wrong = []
    for role in ("bureau_admin", "security_admin", "audit_admin"):
        with context.province("gx"):
            person = User.objects.create_user(f"only-{role}", name="某", unit=everybody.people["gx"]["huang"].unit)
            Post.objects.create(user=person, unit=person.unit, role=role)
        client = client_for("gx", user=person, raise_request_exception=False)
        for route, shown in sensitive("province", ids, size(5, 1)):
            if {label for label, _name, _fields in shown} <= by_office:
                continue
            accept = "application/json" if route.api else "text/html"
            answer = client.get(route.path({**ANY_WORD, **ids}), headers={"accept": accept})
            trials(1)
            if answer.status_code not in (302, 403, 404, 405):
                wrong.append(f"{role} {route.text}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
