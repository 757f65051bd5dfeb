"""What a directory may do to people, and what it may not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import translation
from harness.people_directory import MACHINE, OFFICER, directory_client

from accounts import services as accounts
from accounts.models import Post, Session, Unit, User
from accounts.standing import in_good_standing
from audit.models import Trail
from connections.models import Connection
from kernel import clock
from scim.models import KnownPerson, Mismatch
from scim.schemas import MOST_OPERATIONS


def test_a_person_unknown_is_made_and_one_who_is_there_is_linked_never_doubled(scim, officer) -> None:
    """Item 2: by account, certificate number or phone; what the directory does not say stays."""
    status, new = scim(
        "POST",
        "/Users",
        scim.person("wu", "吴某", externalId="u-1", **{OFFICER: {"certNo": "桂a00009", "unitCode": "450100"}}),
    )
    assert status == 201 and new["externalId"] == "u-1"
    wu = User.objects.get(username="wu")
    assert (wu.name, wu.officer_cert_no, wu.unit.code) == ("吴某", "桂A00009", "450100")
    assert not wu.has_usable_password() and wu.has_role(Post.Role.OFFICER)
    chen = officer("chen", "陈勇", phone="+8613800000001", officer_cert_no="桂A00001", title="陈队长")
    for said in (
        scim.person("CHEN", "陈勇", externalId="u-2"),
        scim.person("chen.yong", "陈勇", externalId="u-3", **{OFFICER: {"certNo": "桂A00001"}}),
        scim.person("chenyong", "陈勇", externalId="u-4", phoneNumbers=[{"value": "138 0000 0001", "type": "mobile"}]),
    ):
        status, linked = scim("POST", "/Users", said)
        assert (status, linked["id"]) == (201, str(chen.pk))
        assert scim("DELETE", f"/Users/{linked['id']}")[0] == 204
        accounts.restore(user=chen, by=MACHINE)
    chen.refresh_from_db()
    assert (chen.title, chen.phone, chen.officer_cert_no) == ("陈队长", "+8613800000001", "桂A00001")
    assert User.objects.filter(is_service=False).count() == 2
    assert scim("POST", "/Users", scim.person("wu", "吴某", externalId="u-9"))[1]["scimType"] == "uniqueness"


def test_two_accounts_that_match_are_a_conflict_for_a_person_to_settle(scim, officer) -> None:
    """Edge case 4: nothing is written, a plain sentence, an entry in the list; it closes when the matter is settled."""
    officer("chen", "陈勇", phone="+8613800000001")
    ning = officer("ning", "宁北", officer_cert_no="桂A00002")
    said = scim.person("chen", "陈勇", externalId="u-1", **{OFFICER: {"certNo": "桂A00002"}})
    status, error = scim("POST", "/Users", said)
    assert status == 409 and error["detail"].startswith("[two_matches]")
    assert "陈勇（chen）、宁北（ning）" in error["detail"] and " / " in error["detail"]
    assert not KnownPerson.objects.exists()
    row = Mismatch.objects.get()
    assert (row.code, row.key, row.state) == ("two_matches", "u-1", "open")
    scim("POST", "/Users", said)
    assert Mismatch.objects.get().times == 2
    accounts.edit_person(user=ning, by=MACHINE, name="宁北", officer_cert_no="桂A00003")
    assert scim("POST", "/Users", said)[0] == 201
    assert Mismatch.objects.get().state == "settled"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"userName": "chen", OFFICER: {"certNo": "桂A99999"}}, "cert_differs"),
        ({"userName": "new", "phoneNumbers": [{"value": "13800000001"}]}, "name_differs"),
    ],
)
def test_somebody_elses_number_or_name_links_nobody(scim, officer, said, code) -> None:
    """A phone number passes on to another person; an account name was used before: neither opens an account."""
    officer("chen", "陈勇", phone="+8613800000001", officer_cert_no="桂A00001")
    status, error = scim("POST", "/Users", scim.person("x", "别人", externalId="u-1") | said)
    assert status == 409 and error["detail"].startswith(f"[{code}]")
    assert not KnownPerson.objects.exists() and User.objects.filter(is_service=False).count() == 1


def test_leaving_there_ends_sessions_here_at_once_and_coming_back_opens_again(scim, officer, client_for) -> None:
    """Edge case 5: `active` false in any of the ways directories write it."""
    chen = officer("chen", "陈勇")
    client_for("gx", user=chen)
    assert Session.objects.filter(user_id=chen.pk).exists()
    scim("POST", "/Users", scim.person("chen", "陈勇", externalId="u-1"))
    entra = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    assert scim("PATCH", f"/Users/{chen.pk}", entra)[1]["active"] is False
    assert not in_good_standing(chen.pk) and not Session.objects.filter(user_id=chen.pk).exists()
    okta = {"Operations": [{"op": "replace", "value": {"active": True}}]}
    assert scim("PATCH", f"/Users/{chen.pk}", okta)[1]["active"] is True
    assert in_good_standing(chen.pk)
    assert scim("DELETE", f"/Users/{chen.pk}")[0] == 204
    assert not in_good_standing(chen.pk) and scim("GET", f"/Users/{chen.pk}")[0] == 404
    assert User.objects.filter(pk=chen.pk).exists()
    told = Trail.objects.filter(record_id=chen.pk, verb="suspend").last()
    assert (told.by_name, told.by_id) == ("广西统一身份目录", scim.connection.pk)


def test_who_was_suspended_here_is_not_let_in_by_the_directory(scim, officer) -> None:
    """A full sync says "active" of everybody; it must not undo what the bureau decided."""
    chen = officer("chen", "陈勇")
    scim("POST", "/Users", scim.person("chen", "陈勇", externalId="u-1"))
    accounts.suspend(user=chen, by=MACHINE, why="调查期间")
    status, shown = scim("PUT", f"/Users/{chen.pk}", scim.person("chen", "陈勇", externalId="u-1"))
    assert (status, shown["active"]) == (200, False)
    assert Mismatch.objects.get().code == "suspended_here" and not in_good_standing(chen.pk)


def test_a_directory_makes_no_administrator_and_cannot_take_one_over(scim, officer, top) -> None:
    """The three administrators stay apart: no office by sync, no new phone for one, never the last one out."""
    status, error = scim(
        "POST", "/Users", scim.person("li", "李某", **{OFFICER: {"roles": ["officer", "security_admin"]}})
    )
    assert status == 403 and "role_not_given_here" in error["detail"] and not User.objects.filter(username="li")
    lan = officer("lan", "蓝静", Post.Role.SECURITY_ADMIN, phone="+8613800000009")
    huang = officer("huang", "黄敏", Post.Role.BUREAU_ADMIN)
    taken = scim.person("lan", "蓝静", externalId="a-1", phoneNumbers=[{"value": "13900000000", "type": "mobile"}])
    assert scim("POST", "/Users", taken)[0] == 201
    lan.refresh_from_db()
    assert lan.phone == "+8613800000009" and Mismatch.objects.get().code == "administrator_kept"
    assert scim("PATCH", f"/Users/{lan.pk}", _off())[1]["detail"].startswith("[last_security_administrator]")
    assert scim("PATCH", f"/Users/{huang.pk}", _off())[1]["detail"].startswith("[last_administrator]")
    assert in_good_standing(lan.pk) and in_good_standing(huang.pk)


def test_bad_values_name_what_is_wrong_and_the_rest_goes_on(scim, nanning) -> None:
    """Edge case 7: too long, unknown unit, no date, not JSON, a NUL; answered as SCIM writes it, in two languages."""
    for more, code in (
        ({"displayName": "名" * 41}, "value_wrong"),
        ({OFFICER: {"unitCode": "nowhere"}}, "unit_unknown"),
        ({OFFICER: {"certUntil": "next year"}}, "date_wrong"),
        ({"title": "a\x00b"}, "unreadable"),
        ({"emails": "none"}, "scim_invalidValue"),
    ):
        status, error = scim("POST", "/Users", scim.person("wu", "吴某") | more)
        assert status == 400 and f"[{code}]" in error["detail"], (more, error)
        assert error["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"] and error["status"] == "400"
    broken = scim.browser.generic(
        "POST", "/scim/v2/Users", "{吴".encode("gbk"), content_type="application/scim+json",
        headers={"Authorization": f"Bearer {scim.token}"},
    )  # fmt: skip
    assert broken.status_code == 400 and b"unreadable" in broken.content
    assert not User.objects.filter(username="wu").exists()
    with translation.override("en"):
        assert scim("POST", "/Users", scim.person("wu", "吴某", nickName="小吴", password="x"))[0] == 201


def test_only_a_directory_with_the_scope_gets_in(scim, client_for, nanning) -> None:
    """Item 2: keys of other systems, of other hosts and of nobody are refused; each in SCIM's form."""

    assert scim.browser.get("/scim/v2/Users").status_code == 401
    _connection, reads = directory_client(scope="people:read")
    scim.token = reads
    assert scim("GET", "/Users")[0] == 200
    assert scim("POST", "/Users", scim.person("wu", "吴某"))[1]["detail"].startswith("[scope_missing]")
    _connection, other = directory_client(kind=Connection.Kind.CASE_SYSTEM)
    scim.token = other
    assert scim("GET", "/Users")[1]["detail"].startswith("[not_a_directory]")


def test_filters_pages_and_order_are_done_by_the_database(scim, officer, nanning) -> None:
    """RFC 7644 section 3.4.2: what directories look up, and an answer for what is not looked up here."""
    for number in range(12):
        officer(f"p{number:02d}", f"张{number}", officer_cert_no=f"桂B{number:05d}", email=f"p{number}@gx.example")
    accounts.suspend(user=User.objects.get(username="p05"), by=MACHINE, why="离职")
    scim("POST", "/Users", scim.person("p03", "张3", externalId="X-3"))

    def found(text: str, more: str = "") -> list[str]:
        status, body = scim("GET", f"/Users?filter={text}{more}")
        assert status == 200, body
        return [each["userName"] for each in body["Resources"]]

    assert found('userName eq "P03"') == found('externalId eq "X-3"') == ["p03"]
    assert found('externalId eq "x-3"') == []
    assert found('userName sw "p1"') == ["p10", "p11"]
    assert found("active eq false") == ["p05"]
    assert found('emails[type eq "work" and value co "p7@"]') == ["p07"]
    assert found(f'{OFFICER}:certNo eq "桂b00008" or userName eq "p01"') == ["p01", "p08"]
    assert found("externalId pr") == ["p03"]
    assert found('not (userName sw "p0") and active eq true') == ["p10", "p11"]
    assert found(f'meta.lastModified gt "{(clock.now() - timedelta(hours=1)).isoformat()}"'.replace("+", "%2B")) == [
        "p03"
    ]
    assert found('userName sw "p"', "&sortBy=userName&sortOrder=descending&startIndex=2&count=3") == [
        "p10",
        "p09",
        "p08",
    ]
    status, page = scim("GET", '/Users?filter=userName sw "p"&startIndex=11&count=5')
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (12, 11, 2)
    for wrong in ("nickName pr", "userName zz 1", 'userName eq "x'):
        assert scim("GET", f"/Users?filter={wrong}")[1]["scimType"] == "invalidFilter", wrong


def test_old_versions_are_not_written_over(scim, officer) -> None:
    """ETags: If-Match refuses with 412, If-None-Match answers 304."""
    chen = officer("chen", "陈勇")
    first = scim.raw("GET", f"/Users/{chen.pk}")["ETag"]
    assert scim.raw("GET", f"/Users/{chen.pk}", **{"If-None-Match": first}).status_code == 304
    rename = {"Operations": [{"op": "replace", "path": "displayName", "value": "陈永"}]}
    assert scim("PATCH", f"/Users/{chen.pk}", rename, **{"If-Match": first})[0] == 200
    assert scim("PATCH", f"/Users/{chen.pk}", rename, **{"If-Match": first})[1]["detail"].startswith("[version_old]")
    chen.refresh_from_db()
    assert chen.name == "陈永"


def test_units_and_roles_are_groups(scim, officer, top, nanning) -> None:
    """Groups: a unit made, renamed, people moved by membership; roles given and taken; offices are no groups."""
    chen, ning = officer("chen", "陈勇"), officer("ning", "宁北")
    status, made = scim(
        "POST", "/Groups", {"displayName": "城关所", "externalId": "g-1", "members": [{"value": str(chen.pk)}]}
    )
    assert status == 201 and made["members"][0]["value"] == str(chen.pk)
    unit = Unit.objects.get(name="城关所")
    chen.refresh_from_db()
    assert (unit.parent, chen.unit, chen.posts.get().unit) == (top, unit, unit)
    path = f"/Groups/{unit.pk}"
    add = {"Operations": [{"op": "add", "path": "members", "value": [{"value": str(ning.pk)}]}]}
    assert len(scim("PATCH", path, add)[1]["members"]) == 2
    gone = {"Operations": [{"op": "remove", "path": f'members[value eq "{chen.pk}"]'}]}
    assert [each["value"] for each in scim("PATCH", path, gone)[1]["members"]] == [str(ning.pk)]
    chen.refresh_from_db()
    assert chen.unit is None and not chen.posts.exists()
    groups = scim("GET", "/Groups?excludedAttributes=members")[1]["Resources"]
    assert "members" not in groups[0] and {"执法人员", "城关所", "南宁市局"} <= {each["displayName"] for each in groups}
    leader = next(each["id"] for each in groups if each["displayName"] == "局领导")
    add = {"Operations": [{"op": "add", "path": "members", "value": [{"value": str(ning.pk)}]}]}
    assert scim("PATCH", f"/Groups/{leader}", add)[0] == 200
    assert ning.posts.filter(role=Post.Role.LEADER).exists()
    assert scim("DELETE", f"/Groups/{leader}")[1]["detail"].startswith("[group_fixed]")
    assert scim("DELETE", f"/Groups/{nanning.pk}")[0] == 204
    assert not Unit.objects.get(pk=nanning.pk).is_active and scim("GET", f"/Groups/{nanning.pk}")[0] == 404
    assert scim("DELETE", f"/Groups/{top.pk}")[1]["detail"].startswith("[unit_not_empty]")


def test_a_bulk_call_answers_each_operation_by_itself(scim, top) -> None:
    """Bulk: bulkId across operations in any order, one wrong among right ones, and the documented maximum."""
    operations = [
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "unit",
            "data": {"displayName": "新所", "members": [{"value": "bulkId:wu"}]},
        },
        {"method": "POST", "path": "/Users", "bulkId": "wu", "data": scim.person("wu", "吴某")},
        {"method": "POST", "path": "/Users", "bulkId": "bad", "data": {"displayName": "没有账号"}},
        {
            "method": "PATCH",
            "path": "/Users/bulkId:wu",
            "data": {"Operations": [{"op": "add", "path": "title", "value": "吴队"}]},
        },
    ]
    status, body = scim("POST", "/Bulk", {"Operations": operations})
    assert status == 200 and [each["status"] for each in body["Operations"]] == ["201", "201", "400", "200"]
    wu = User.objects.get(username="wu")
    assert (wu.unit.name, wu.title) == ("新所", "吴队")
    many = [{"method": "DELETE", "path": "/Users/x"}] * (MOST_OPERATIONS + 1)
    assert scim("POST", "/Bulk", {"Operations": many})[0] == 413
    assert json.loads(scim.raw("GET", "/ServiceProviderConfig").content)["bulk"]["maxOperations"] == MOST_OPERATIONS


def _off() -> dict:
    return {"Operations": [{"op": "replace", "path": "active", "value": False}]}
