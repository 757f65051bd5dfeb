"""A request of 陈队长 with everything that can be in an export, and the bundle made of it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from harness import people

from appraisal.requests import services as requests
from audit import heads
from evidence import custody, matters, packages, redactions, sheets, withdrawals
from evidence.services import make_views
from evidence.store import store
from provinces import context
from tenants.bundles import services
from tenants.bundles.models import Bundle


@pytest.fixture
def case(border, run_letters, tmp_path, settings):
    """Three photos (one withdrawn), a waybill, a covered copy, a package, letters; one head that is countersigned."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    chen = bureau.chen
    with context.province("gx"):
        site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
        item = requests.add_product(by=chen, site=site, product_id=house.product.pk)
        photos = []
        for code in ("front_label", "batch_code", "bottle_base"):
            photos.append(people.sealed_photo(chen, code))
            requests.add_photo(by=chen, item_id=item.pk, exhibit=photos[-1], shot_code=code, source="camera")
        request = requests.send(by=chen, request_id=item.request_id)
        matter = matters.access(chen, "request", request.pk)
        heads.make()
    run_letters()
    with context.province("gx"):
        sheet = sheets.open_sheet(kind="waybill", matter=matter, by=chen, fields=WAYBILL)
        data = people.jpeg("waybill")
        sheets.add_file(sheet, io.BytesIO(data), by=chen, fields={"sha256": _sha256(data), "filename": "面单.jpg"})
        waybill = sheets.seal(sheet, by=chen, matter=matter)
        matters.put(photos[0], matter, by=chen)
        asked = redactions.ask(photos[0], boxes=[(0.1, 0.1, 0.3, 0.3)], purpose="通报", by=chen)
        copy = redactions.make(asked.pk).copy
        make_views(copy.pk)
        custody.viewed(photos[0], by=bureau.wei)
        package = packages.seal(matter=matter, exhibit_ids=[photos[0].pk, waybill.pk], title="移送", by=chen)
        row = withdrawals.ask(photos[2], by=chen, reason="误传")
        withdrawals.decide(row, by=bureau.wei, approve=True, answer="同意")
        heads.make()
    run_letters()
    return SimpleNamespace(
        bureau=bureau, house=house, chen=chen, request=request, site=site, matter=matter, package=package, copy=copy,
        photos=photos, withdrawn=photos[2], folder=tmp_path / "unpacked",
    )  # fmt: skip


WAYBILL = {
    "carrier": "顺丰",
    "number": "SF1234567890",
    "sender": "某商行",
    "receiver": "某门店",
    "sent_on": "2026-11-20",
    "sender_phone": {"value": "", "reason": "masked"},
    "receiver_phone": {"value": "", "reason": "masked"},
}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def export(case, *, by=None, purpose: str = "移送公安机关", variant: str = "full", package=None) -> Bundle:
    """Ask for an export in 广西's seat, and build it in the way the worker does."""
    bundle = services.ask(matter=case.matter, variant=variant, purpose=purpose, by=by or case.chen, package=package)
    return services.run(bundle.pk)


def unpack(bundle: Bundle, folder: Path) -> Path:
    """The bundle's files, in an empty folder."""
    folder.mkdir(parents=True)
    with store().open(bundle.object_key) as stream, zipfile.ZipFile(stream) as found:
        assert found.testzip() is None
        found.extractall(folder)
    return folder


@pytest.fixture
def tools():
    """`tools.export(case)`, `tools.unpack(bundle, folder)`."""
    return SimpleNamespace(export=export, unpack=unpack)
