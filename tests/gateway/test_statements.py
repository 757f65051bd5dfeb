"""How many statements the commonest calls cost. One more has to be worth it: everybody pays it at every call."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from harness import people

from kernel.ids import uuid7
from provinces import context

SIGN_IN = 2  # the key with its person, and the person's posts
NOW_AND_THEN = ("BEGIN", "COMMIT", "provinces_directoryversion", "quotas_limit")
"""What a process looks at every few seconds, and what a transaction says."""
LOOK = 1  # whoever is shown a sensitive record is written down


def test_the_commonest_calls_cost_no_more_statements_than_they_need(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    site = chen.post("sites/", {"county_code": people.NANNING}).json()
    same = {"id": str(uuid7()), "product_id": house.product.pk}
    item = chen.post(f"sites/{site['id']}/items/", same).json()
    [request] = chen.get("requests/").json()["results"]
    calls = {
        ("get", "me/"): SIGN_IN,
        ("get", "products/?q=qx"): SIGN_IN + 3,
        ("post", "sites/"): SIGN_IN + 2,
        ("post", f"sites/{site['id']}/items/"): SIGN_IN + 2 + LOOK,
        ("get", f"items/{item['id']}/"): SIGN_IN + 1 + LOOK,
        ("get", "requests/"): SIGN_IN + 1,
        ("get", f"requests/{request['id']}/"): SIGN_IN + 2 + LOOK,
        ("get", f"requests/{request['id']}/lines/"): SIGN_IN + 2 + LOOK,
        ("get", "notices/"): SIGN_IN + 1,
        ("get", "clues/"): SIGN_IN + 1,
    }
    bodies = {"sites/": {"county_code": people.NANNING}, f"sites/{site['id']}/items/": same}
    spent = {}
    for method, path in calls:
        with context.province("gx"), CaptureQueriesContext(connection) as asked:
            answer = chen.call(method, path, bodies.get(path))
        assert answer.status_code in (200, 201), answer.content
        said = [each["sql"] for each in asked]
        spent[method, path] = sum(not any(each in sql for each in NOW_AND_THEN) for sql in said)
    assert {call: count for call, count in spent.items() if count > calls[call]} == {}
