"""The pages of connections, walked by the two administrators as they would (B-02)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.conf import settings
from harness import people

from accounts.models import Post, User
from connections import panels, services
from connections.models import Client, Connection
from kernel.ids import uuid7

PANELS = [
    pytest.param(panel, host, id=f"{panel.url_name}-{host}") for panel in panels.registered() for host in panel.hosts
]


@pytest.mark.parametrize(("panel", "host"), PANELS)
def test_what_other_apps_show_beside_a_connection_has_an_address_on_each_of_its_hosts(panel, host, monkeypatch):
    monkeypatch.setattr(panels, "_panels", {panel.url_name: replace(panel, count=None)})
    row = Connection(id=uuid7(), kind=next(iter(panel.kinds or ["case_system"])))
    (shown,) = panels.of(row, host, settings.URLCONFS[host])
    assert str(row.pk) in shown.url


def client_now() -> Client:
    return Client.objects.select_related("oidc").get()


def test_two_administrators_join_a_case_system_without_a_programmer(gx, client_for):
    bureau = people.bureau("gx")
    mo = User.objects.create_user("mo", name="莫某", title="莫管理员", unit=bureau.unit)
    Post.objects.create(user=mo, unit=bureau.unit, role=Post.Role.SECURITY_ADMIN)
    huang, guard = client_for("gx", user=bureau.huang), client_for("gx", user=mo)
    assert client_for("gx", user=bureau.chen).get("/connections/").status_code == 403
    assert "还没有对接" in huang.get("/connections/").content.decode()
    assert guard.get("/connections/new/").status_code == 403

    wrong = {"name": "桂桂办案系统", "kind": "case_system", "clock_window_s": 300, "per_minute": 0}
    page = huang.post("/connections/new/", {**wrong, "allowed_origins": "https://*.example"})
    assert page.status_code == 400 and "不用通配符" in page.content.decode()
    made = huang.post("/connections/new/", {**wrong, "allowed_origins": "https://banan.example"})
    row = Connection.objects.get()
    assert made["Location"] == f"/connections/{row.pk}/"
    here = f"/connections/{row.pk}/"

    form = {"name": "正式环境", "unit": bureau.unit.pk, "roles": ["officer"], "scopes": ["clues:write", "basics:read"]}
    assert huang.post(f"{here}clients/new/", {**form, "scopes": []}).status_code == 400
    page = huang.post(f"{here}clients/new/", form).content.decode()
    client = Client.objects.get()
    secret = re.search(r'value="(czjs_gx_[\w-]+)"', page)[1]
    assert services.authenticated(client.oidc_id, secret) and client.oidc_id in page
    assert "线索：查看和办理" in page and "基础信息：查看" in page
    assert secret not in huang.get(here).content.decode(), "a secret was shown twice"

    assert "请通知安全管理员" in huang.get(here).content.decode()
    huang.post(f"{here}step/on/")
    row.refresh_from_db()
    assert row.state == "draft"
    page = guard.get(here).content.decode()
    assert "一个人不能独自打开这扇门" in page
    guard.post(f"{here}step/on/")
    row.refresh_from_db()
    assert row.is_on and Client.objects.get().is_live

    huang.post(f"{here}edit/", {**wrong, "allowed_origins": "https://banan.example\nhttps://two.example"})
    page = guard.get(here).content.decode()
    assert "https://two.example" in page and "等待安全管理员同意" in page
    guard.post(f"{here}step/agree/")
    row.refresh_from_db()
    assert len(row.allowed_origins) == 2

    huang.post(f"{here}clients/{client.pk}/narrow/", {"keep": ["clues"]})
    assert all(each.startswith(("clue", "assess", "compet", "disp", "field", "super")) for each in client_now().scopes)
    assert huang.post(f"{here}clients/{client.pk}/narrow/", {}).status_code == 302 and client_now().scopes

    second = huang.post(f"{here}clients/{client.pk}/add-secret/").content.decode()
    assert re.search(r'value="czjs_gx_', second)
    old = client.secrets.earliest("id")
    guard.post(f"{here}clients/{client.pk}/end-secret/", {"secret": old.pk})
    assert client.secrets.filter(ended_at=None).count() == 1
    guard.post(f"{here}clients/{client.pk}/revoke/", {"why": "换系统"})
    guard.post(f"{here}step/off/", {"why": "换系统"})
    row.refresh_from_db()
    assert row.state == "off" and Client.objects.get().state == "revoked"
    page = guard.get(here).content.decode()
    assert "换系统" in page and "已停用" in page
    assert guard.post(f"{here}step/explode/").status_code == 404


def test_the_same_by_api(joined, client_for):
    huang, mo = client_for("gx", user=joined.huang), client_for("gx", user=joined.mo)

    def send(browser, method, address, body=None):
        return getattr(browser, method)(f"/api/v1/connections/{address}", body or {}, content_type="application/json")

    made = send(huang, "post", "", {"name": "部门平台", "kind": "department"})
    assert made.status_code == 201 and made.json()["limit_per_minute"] == 600
    pk = made.json()["id"]
    new = send(
        huang,
        "post",
        f"{pk}/clients/",
        {"name": "x", "scopes": ["clues:read"], "unit_code": "gx-1", "roles": ["officer"]},
    )
    assert new.status_code == 201 and new.json()["client_secret"].startswith("czjs_gx_")
    client = new.json()["client"]["id"]
    assert send(huang, "post", f"{pk}/switch-on/").json()["code"] == "not_switcher"
    assert send(mo, "post", f"{pk}/switch-on/").json()["state"] == "on"
    assert send(huang, "put", f"{pk}/", {"name": "部门平台", "clock_window_s": 900}).json()["asked"] == {
        "clock_window_s": 900
    }
    assert send(mo, "post", f"{pk}/agree/").json()["clock_window_s"] == 900
    assert send(huang, "post", f"{pk}/clients/{client}/secrets/").status_code == 201
    told = huang.get(f"/api/v1/connections/{pk}/clients/").json()
    secrets = [each["id"] for each in told[0]["secrets"]]
    assert len(secrets) == 2 and "digest" not in told[0]["secrets"][0]
    assert send(mo, "delete", f"{pk}/clients/{client}/secrets/{secrets[0]}/").status_code == 204
    assert send(mo, "post", f"{pk}/clients/{client}/revoke/", {"why": "x"}).json()["state"] == "revoked"
    assert send(mo, "post", f"{pk}/switch-off/", {"why": "x"}).json()["state"] == "off"
    assert {each["name"] for each in huang.get("/api/v1/connections/").json()["results"]} == {
        "部门平台",
        joined.row.name,
    }
