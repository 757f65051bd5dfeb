"""A program does the main job by API from both sides; and what the API promises of every call."""

import hashlib
import io

import pytest
from harness import people

from appraisal.requests.models import AppraisalRequest
from evidence import services as evidence
from gateway import tokens
from kernel.ids import uuid7
from provinces import context


def draft(chen, house):
    """Open a visit and add the product. Returns site and item as JSON."""
    site = chen.post("sites/", {"county_code": people.NANNING}).json()
    item = chen.post(f"sites/{site['id']}/items/", {"product_id": house.product.pk}).json()
    return site, item


def upload(chen, item, words="photo"):
    data = people.jpeg(words)
    body = {
        "file": io.BytesIO(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "shot_code": "front_label",
        "source": "camera",
    }
    body["file"].name = "photo.jpg"
    answer = chen.call("post", f"items/{item['id']}/photos/", body)
    assert answer.status_code == 201, answer.content
    with context.province("gx"):
        evidence.make_views(answer.json()["exhibit"]["id"])
    return answer.json()


def test_the_main_job_by_api_from_both_sides(world, program, post_goes):
    bureau, house = world
    chen, lin = program("gx", bureau.chen), program("brands", house.lin)
    site, item = draft(chen, house)
    photo = upload(chen, item)
    assert photo["exhibit"]["sha256"] == hashlib.sha256(people.jpeg("photo")).hexdigest()
    [request] = chen.post(f"sites/{site['id']}/send/").json()
    assert request["state"] == "sent"
    post_goes()
    [row] = lin.get("queue/").json()["results"]
    task = lin.post(f"tasks/{row['id']}/claim/").json()
    assert task["state"] == "claimed" and task["items"][0]["photos"][0]["shot_code"] == "front_label"
    checkpoints = lin.get(f"products/{house.product.pk}/checkpoints/").json()["results"]
    given = lin.post(
        f"tasks/{task['id']}/answer/",
        {
            "answers": [
                {
                    "item_id": task["items"][0]["id"],
                    "value": "counterfeit",
                    "reasons": "烫金边缘毛糙",
                    "checkpoints": [{"checkpoint_id": c["id"], "result": "different"} for c in checkpoints],
                }
            ]
        },
    )
    assert given.status_code == 201, given.content
    post_goes()
    seen = chen.get(f"requests/{request['id']}/").json()
    verdict = seen["items"][0]["verdicts"][0]
    assert seen["state"] == "answered" and verdict["value"] == "counterfeit" and verdict["standing"]
    assert [row["checkpoint"] for row in verdict["checkpoints"]] == ["正标烫金边缘"]
    assert "verdict" in [line["kind"] for line in chen.get(f"requests/{request['id']}/lines/").json()]


def test_a_write_repeated_with_its_key_is_answered_the_same_and_done_once(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    body = {"county_code": people.NANNING}
    first = chen.post("sites/", body, key="k1")
    again = chen.post("sites/", body, key="k1")
    assert again.json() == first.json() and again["Idempotent-Replayed"] == "true"
    other = chen.post("sites/", {"county_code": "450100"}, key="k1")
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key_reused"


def test_refusals_are_problem_details_with_a_code_and_a_sentence(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    bad = chen.post("sites/", {"county_code": "南宁"})
    assert bad.status_code == 400 and bad["Content-Type"] == "application/problem+json"
    assert bad.json()["code"] == "bad_input" and "county_code" in bad.json()["data"]["fields"]
    unknown = chen.get("official-letters/?box=in").json()["data"]["fields"]["box"]
    assert unknown[0].startswith("没有“in”这一项，可用的是：all / mine / overdue / received / "), "those there are"
    assert "underway" in str(chen.get("inspections/?state=open").json()["data"]["fields"]["state"])
    english = chen.get("official-letters/?box=in", HTTP_ACCEPT_LANGUAGE="en").json()["data"]["fields"]["box"][0]
    assert english.startswith("There is no “in” here; use one of: all / mine / ")
    site, item = draft(chen, house)
    unsent = chen.post(f"requests/{chen.get('requests/').json()['results'][0]['id']}/send/")
    assert unsent.status_code == 400 and unsent.json()["code"] == "photos_missing"
    absent = chen.get(f"requests/{uuid7()}/")
    assert absent.status_code == 404 and absent.json()["code"] == "not_found"


def test_without_a_token_the_answer_says_how_to_get_one(world, client_for):
    answer = client_for("gx").get("/api/v1/requests/")
    assert answer.status_code == 401 and answer.json()["code"] == "not_signed_in" and answer["WWW-Authenticate"]


def test_a_token_works_on_its_own_host_alone(world, program, client_for):
    bureau, house = world
    chen = program("gx", bureau.chen)
    assert chen.get("requests/").status_code == 200
    for host in ("gz", "brands", "federation"):
        foreign = client_for(host).get("/api/v1/requests/", headers=chen.headers)
        assert foreign.status_code in {401, 404}, (host, foreign.status_code)


def test_a_revoked_token_stops_at_once_and_a_suspended_person_with_it(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    with context.province("gx"):
        [row] = tokens.tokens_of(bureau.chen, "gx")
        tokens.revoke(user=bureau.chen, token_id=row.pk, seat="gx")
    assert chen.get("requests/").status_code == 401
    second = program("gx", bureau.chen)
    with context.province("gx"):
        bureau.chen.is_active = False
        bureau.chen.save()
    assert second.get("requests/").status_code == 401


def test_a_read_only_token_changes_nothing(world, program):
    bureau, house = world
    reader = program("gx", bureau.chen, scopes=["read"])
    refused = reader.post("sites/", {"county_code": people.NANNING})
    assert refused.status_code == 403 and refused.json()["code"] == "scope_missing"


def test_pages_of_the_list_join_without_gap_while_rows_are_added(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    for _ in range(5):
        draft(chen, house)
    seen, path = [], "requests/?limit=2"
    while path:
        page = chen.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]
        draft(chen, house)
        assert len(seen) < 20
    with context.province("gx"):
        assert AppraisalRequest.objects.count() > 5
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("host", ["gx", "brands"])
def test_each_host_describes_exactly_its_own_addresses(world, client_for, host):
    schema = client_for(host).get("/api/v1/schema/")
    assert schema.status_code == 200
    paths = schema.json()["paths"]
    assert ("/api/v1/queue/" in paths) == (host == "brands") and ("/api/v1/sites/" in paths) == (host == "gx")


def test_an_id_that_stands_on_a_row_of_another_matter_is_refused_plainly(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    site, other = (chen.post("sites/", {"county_code": people.NANNING}).json() for _number in range(2))
    first = chen.post(f"sites/{site['id']}/items/", {"product_id": house.product.pk}).json()
    again = chen.post(f"sites/{other['id']}/items/", {"product_id": house.product.pk, "id": first["id"]})
    assert again.status_code < 500, again.content
    assert len(chen.get(f"sites/{other['id']}/").json()["requests"]) <= 1
    consultation = {"organisation_id": house.organisation.pk, "subject": "请教", "text": "批号在哪里？"}
    one, two = (chen.post("consultations/", consultation).json()["id"] for _number in range(2))
    line = str(uuid7())
    assert chen.post(f"consultations/{one}/lines/", {"id": line, "text": "好"}).status_code == 201
    assert chen.post(f"consultations/{two}/lines/", {"id": line, "text": "好"}).status_code in {404, 409}
