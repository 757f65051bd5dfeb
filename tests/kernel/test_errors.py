"""An error says what to do, has a stable code, and survives the way between processes."""

import json
import pickle
from uuid import UUID

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, MoveRefused, NotFound404, Problem, told


def test_problem_details_carry_type_status_code_and_the_filled_sentence():
    error = BadInput(_("还差 {missing} 张照片。"), code="photos_missing", missing=2, shots=("正标", "背标"))
    told = error.as_problem()
    assert told["type"] == "urn:chazhenjia:photos_missing"
    assert (told["status"], told["code"], told["detail"]) == (400, "photos_missing", "还差 2 张照片。")
    assert told["data"] == {"missing": 2, "shots": ["正标", "背标"]}
    json.dumps(told)


def test_a_sentence_with_a_missing_datum_still_comes_out():
    assert BadInput("还差 {missing} 张。").detail == "还差 {missing} 张。"


def test_braces_in_what_a_person_typed_are_not_filled_in():
    assert BadInput("“{name}”不对。", name="{code.__class__}").detail == "“{code.__class__}”不对。"


def test_a_refused_move_names_the_state_and_what_is_open():
    record_id = UUID("01a1ffc9-b8de-7158-bbdb-1a14caaaaf4b")
    error = MoveRefused(
        record="requests.request",
        record_id=record_id,
        state="sent",
        verb="send",
        possible=["cancel"],
        state_name="已发出",
        verb_name="发送",
        possible_names=["撤回"],
    )
    assert isinstance(error, Conflict)
    told = error.as_problem()
    assert told["status"] == 409
    assert told["detail"].startswith("现在的状态是“已发出”，不能“发送”。可以做的是：撤回。")
    assert told["data"]["possible"] == ["cancel"]
    assert told["data"]["record_id"] == str(record_id)


def test_an_error_is_the_same_after_pickling():
    errors: list[Problem] = [
        NotFound404(),
        BadInput("差 {n} 张。", code="photos_missing", n=1),
        MoveRefused(record="a.b", record_id=None, state="x", verb="y", possible=["z"]),
    ]
    for error in errors:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert again.as_problem() == error.as_problem()


def test_a_journal_keeps_of_a_database_error_its_code_alone_and_of_others_what_helps():
    quoting = DatabaseError("DETAIL: Key (name)=(某人) already exists")
    quoting.__cause__ = type("Unique", (Exception,), {"pgcode": "23505"})()
    assert told(quoting) == "DatabaseError 23505"
    assert told(ValueError("某人")) == "ValueError"
    assert told(ConnectionRefusedError(111, "Connection refused")).endswith("Connection refused")
    assert told(Conflict("先补一张照片。", code="x")) == "先补一张照片。"
