"""Who may export, what goes in, what is written down, and how an export ends."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from harness.spoiled import rewrite

from accounts.models import Post, User
from audit.models import Trail
from evidence import custody, withdrawals
from evidence.models import CustodyEvent, Exhibit
from evidence.store import store
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404
from provinces.alone import alone
from provinces.context import province
from tenants.bundles import building, contents, selectors, services
from tenants.bundles.models import Bundle
from watching import metrics


def files_of(bundle: Bundle) -> dict[str, bytes]:
    with store().open(bundle.object_key) as stream, zipfile.ZipFile(stream) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_officers_of_the_matter_and_leaders_export_for_a_purpose_and_fetch_their_own(case, client_for, border):
    address = f"/exports/in/request/{case.request.pk}/"
    with province("gx"):
        mo = User.objects.create_user("mo", name="莫某", title="莫队长", unit=case.bureau.huang.unit)
        Post.objects.create(user=mo, unit=mo.unit, role=Post.Role.OFFICER)
    chen, wei = client_for("gx", user=case.chen), client_for("gx", user=case.bureau.wei)
    assert client_for("gx", user=mo).get(address).status_code == 404
    assert client_for("gx", user=case.bureau.huang).get(address).status_code == 403
    assert client_for("brands", user=case.house.lin).get(address).status_code == 404
    assert "导出" in chen.get(f"/exhibits/in/request/{case.request.pk}/").text
    assert f"/packages/{case.package.pk}/export/" in chen.get(f"/packages/{case.package.pk}/").text

    refused = chen.post(address, {"purpose": "  ", "variant": "full"})
    assert refused.status_code == 400 and "用途" in refused.text
    asked = chen.post(address, {"purpose": "移送公安机关", "variant": "full"})
    again = chen.post(address, {"purpose": "移送公安机关", "variant": "full"})
    assert asked.status_code == 302 and asked["Location"] == again["Location"], "asked twice, made once"
    with province("gx"):
        bundle = Bundle.objects.get()
        assert "progress" in chen.get(asked["Location"]).text
        assert chen.post(f"{asked['Location']}download/").status_code == 409
        with alone(bundle.pk):
            assert services.run(bundle.pk).state == "queued", "another is at it"
        bundle = services.run(bundle.pk)
        assert services.run(bundle.pk).state == "ready", "a second worker changes nothing"
        assert store().digests(bundle.object_key).sha256 == bundle.sha256
        seen = Exhibit.objects.exclude(pk=case.withdrawn.pk)
        for exhibit in seen:
            event = custody.of(exhibit).last()
            assert (event.act, event.purpose, event.by_id) == ("exported", "移送公安机关", case.chen.pk)
            assert event.data["bundle_sha256"] == bundle.sha256
        assert not CustodyEvent.objects.filter(exhibit=case.withdrawn, act="exported").exists()
    assert bundle.sha256 in chen.get(asked["Location"]).text
    fetched = chen.post(f"{asked['Location']}download/")
    assert hashlib.sha256(b"".join(fetched.streaming_content)).hexdigest() == bundle.sha256
    assert fetched["Content-Disposition"].startswith("attachment") and fetched["Cache-Control"] == "private, no-store"
    with province("gx"):
        assert Trail.objects.filter(record_id=bundle.pk, verb="download", by_id=case.chen.pk).count() == 1
    assert wei.get(asked["Location"]).status_code == 404, "a leader makes an export of their own"

    said = {"matter_kind": "request", "matter_id": str(case.request.pk), "purpose": "复议", "variant": "full"}
    made = wei.post("/api/v1/exports/", said, content_type="application/json")
    assert made.status_code == 201, made.text
    mine = f"/api/v1/exports/{made.json()['id']}/"
    with province("gx"):
        services.run(made.json()["id"])
    assert wei.get(mine).json()["state"] == "ready" and chen.get(mine).status_code == 404
    assert b"".join(wei.post(f"{mine}file/").streaming_content)[:2] == b"PK"


def test_withdrawn_photos_stay_out_the_public_variant_has_copies_only_and_equal_contents_equal_bytes(case, tools):
    with province("gx"):
        whole = files_of(tools.export(case))
        manifest = json.loads(whole["manifest.json"])
        lines = {line["exhibit"]: line for line in manifest["exhibits"]}
        hidden = lines[str(case.withdrawn.pk)]
        assert (hidden["original"], hidden["view"], hidden["original_absent"]) == ("", "", "withdrawn")
        assert hidden["sealed"]["sha256"] == case.withdrawn.sha256 and hidden["withdrawn"]["reason"] == "误传"
        assert hidden["log"] in whole
        with store().open(case.withdrawn.original_key) as stream:
            secret = stream.read()
        assert secret not in whole.values()
        shown = lines[str(case.photos[0].pk)]
        with store().open(case.photos[0].original_key) as stream:
            assert whole[shown["original"]] == stream.read(), "byte for byte"
        assert (
            shown["capture"]["server_time"]
            and shown["capture"]["device_time"]
            and shown["original_or_copy"] == "original"
        )
        assert shown["legal_kind"] == "electronic" and shown["holder"]
        assert {line["form"] for line in lines.values()} >= {"photo", "waybill", "redacted_copy"}
        assert any(row["kind"] == "appraisal.commission" for row in manifest["letters"])
        assert b"<script" not in whole["index.html"] and case.request.number in whole["index.html"].decode()
        assert "Evidence export" in whole["index.en.html"].decode()

        public = files_of(tools.export(case, variant="public", purpose="通报"))
        said = json.loads(public["manifest.json"])
        assert [line["exhibit"] for line in said["exhibits"]] == [str(case.copy.pk)]
        assert not said["letters"] and not said["packages"] and said["custody"] == "" and "matter.json" not in public
        everything = b"".join(public.values())
        assert b"\xe6\x9f\x90\xe8\xb7\xaf" not in everything, "the place of the visit is not for everybody"

        packed = json.loads(files_of(tools.export(case, package=case.package, purpose="移送检察"))["manifest.json"])
        assert len(packed["exhibits"]) == len(case.package.manifest["items"]) and len(packed["packages"]) == 1

        one, two = (
            Bundle(matter_kind="request", matter_id=case.request.pk, variant="full", purpose=words, by_id=case.chen.pk)
            for words in ("甲", "乙")
        )
        found, made = contents.gather(one, case.matter), []
        for bundle in (one, two):
            out = io.BytesIO()
            building.write(bundle, found, out)
            made.append(zipfile.ZipFile(out))
        differ = {name for name in made[0].namelist() if made[0].read(name) != made[1].read(name)}
        assert made[0].namelist() == made[1].namelist() and differ == {"manifest.json", "manifest.sig"}


def test_what_is_not_as_sealed_or_no_longer_allowed_is_not_exported_and_what_is_old_is_swept(case, tools, client_for):
    with province("gx"):
        kept = tools.export(case)
        path = store()._path(case.photos[0].original_key)
        honest = path.read_bytes()
        rewrite(path, honest[:-1] + b"x")
        counted = metrics.STORED_DIFFERS.labels("gx")
        before = counted._value.get()
        bad = tools.export(case, purpose="再导一次")
        assert counted._value.get() == before + 1, "and the operator hears of it"
        assert (bad.state, bad.problem, bad.object_key) == ("failed", "file_differs", "")
        assert str(case.photos[0].pk)[-12:] in bad.problem_words and "安全管理员" in bad.problem_words
        rewrite(path, honest)
        with pytest.raises(Conflict):
            services.hand_out(bad, by=case.chen)
        with pytest.raises(BadInput):
            services.ask(matter=case.matter, variant="all", purpose="看看", by=case.chen)

        waiting = services.ask(matter=case.matter, variant="full", purpose="第三次", by=case.chen)
        User.objects.filter(pk=case.chen.pk).update(unit=case.bureau.huang.unit)
        assert services.run(waiting.pk).problem == "not_allowed"
        with pytest.raises(NotFound404):
            selectors.access_bundle(User.objects.get(pk=case.chen.pk), kept.pk)
        User.objects.filter(pk=case.chen.pk).update(unit=case.bureau.unit)

        lost = services.ask(matter=case.matter, variant="full", purpose="第四次", by=case.chen)
        for _ in range(services.MOST_TRIES):
            Bundle.objects.filter(pk=lost.pk).update(state="running", touched_at=clock.now() - timedelta(hours=1))
            Bundle.objects.filter(pk=lost.pk).update(tries=services.MOST_TRIES)
            services.sweep()
        lost.refresh_from_db()
        assert (lost.state, lost.problem) == ("failed", "broken_off")

        row = withdrawals.ask(case.photos[1], by=case.chen, reason="误传")
        withdrawals.decide(row, by=case.bureau.wei, approve=True, answer="同意")
        with pytest.raises(Conflict) as refused:
            services.hand_out(kept, by=case.chen)
        assert refused.value.code == "bundle_withdrawn", "what was withdrawn since is not handed out"

        assert services.sweep() == 0 and store().exists(kept.object_key)
        with clock.frozen(clock.now() + services.KEPT + timedelta(minutes=1)):
            with pytest.raises(Conflict):
                services.hand_out(kept, by=case.chen)
            assert services.sweep() == 1
        kept.refresh_from_db()
        assert kept.state == "swept" and not store().exists(kept.object_key)
    assert "已过保留期" in client_for("gx", user=case.chen).get(f"/exports/{kept.pk}/").text
