"""Two bureaux that ask, a house with a library, and pictures that stand in for the engine where a rule is meant."""

from __future__ import annotations

import hashlib
import io
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness import people

from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskPhoto, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer
from appraisal.recognition import services
from appraisal.recognition.models import EntryPhoto, Hint, LibraryEntry, PhotoLook
from appraisal.recognition.services import looking
from appraisal.recognition.services.hinting import Found
from appraisal.recognition.services.looking import Seen
from appraisal.recognition.vision.barcodes import Barcode
from appraisal.requests import services as requests
from evidence import services as evidence
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

GEOMETRY = {
    "homography": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    "hull_query": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
    "hull_library": [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8]],
    "tiles": [[0.0, 0.0, 0.5, 1.0, 0.9], [0.5, 0.0, 0.5, 1.0, 0.2]],
    "turned": 0,
}


@dataclass
class Library:
    """广西 and 贵州, the house of 林工, and what tests do with its library."""

    gx: people.Bureau
    gz: people.Bureau
    house: people.House
    serial: int = field(default=0)

    @property
    def lin(self) -> Desk:
        return people.desk(self.house, self.house.lin)

    @property
    def wang(self) -> Desk:
        return people.desk(self.house, self.house.wang)

    def ask(self, bureau: people.Bureau | None = None, *, count: int = 1, words: str = "", **item: Any) -> Any:
        """陈队长 of a bureau sends a request; it is on the desk. words: what the photo shows, else a new one each."""
        bureau = bureau or self.gx
        with context.province(bureau.code):
            site = requests.open_site(
                by=bureau.chen, place=requests.Place(county_code=bureau.unit.division_code, place="某路 1 号")
            )
            for number in range(count):
                row = requests.add_product(by=bureau.chen, site=site, product_id=self.house.product.pk)
                if item:
                    type(row).objects.filter(pk=row.pk).update(**item)
                self.serial += 1
                photo = people.sealed_photo(bureau.chen, words or f"{self.serial} {number}")
                requests.add_photo(
                    by=bureau.chen, item_id=row.pk, exhibit=photo, shot_code="front_label", source="camera"
                )
            request = requests.send(by=bureau.chen, request_id=row.request_id)
        deliver_everywhere()
        return request

    def photo(self, request: Any, position: int = 0) -> DeskPhoto:
        """The photo of one item of a request, at the desk. In the brands seat."""
        photos = DeskPhoto.objects.filter(item__task__request_id=request.pk).select_related("item__task", "exhibit")
        return list(photos.order_by("item__position"))[position]

    def look(self, photo: DeskPhoto, **seen: Any) -> PhotoLook:
        """As if the engine had seen this on a photo. In the brands seat."""
        row = PhotoLook.objects.get(photo=photo)
        return looking.keep(row, Seen(**{"good": True, "engine": "test", **seen}))

    def verdict(self, request: Any, value: VerdictValue = VerdictValue.COUNTERFEIT) -> Any:
        """林工 takes the task and answers every item alike. Returns the verdicts."""
        with context.seat(BRANDS):
            task = DeskTask.objects.get(request_id=request.pk)
            if task.claimed_by_id is None:
                desk_services.claim(desk=self.lin, task_id=task.pk)
            answers = [ItemAnswer(item_id=item.pk, value=value, reasons="烫金边缘毛糙") for item in task.items.all()]
            opinion = desk_services.answer(
                desk=self.lin, task_id=task.pk, answers=answers, on_site=False, opinion_id=uuid.uuid4()
            )
            found = list(opinion.verdicts.all())
        deliver_everywhere()
        return found

    def entry(self, request: Any = None, *, confirmed: bool = True, share: str = "shown", **facts: Any) -> LibraryEntry:
        """An entry made from goods found under a request of 广西 and judged counterfeit."""
        request = request or self.ask()
        verdict = self.verdict(request)[0]
        with context.seat(BRANDS):
            made = services.make_from_verdict(
                desk=self.lin, verdict_id=verdict.pk, **{"typology": "counterfeit_mark", "visibility": "shown", **facts}
            )
            type(made.find).objects.filter(pk=made.find_id).update(shared=share)
            if confirmed:
                services.confirm(desk=self.lin, entry_id=made.pk)
            return LibraryEntry.objects.select_related("find").get(pk=made.pk)

    def found(self, entry: LibraryEntry, **facts: Any) -> Found:
        """As if a photo looked like this entry. In the brands seat."""
        photo = EntryPhoto.objects.filter(entry=entry).first()
        return Found(
            **{"entry_photo": photo, "band": "strong", "score": 72.0, "inliers": 130, "geometry": GEOMETRY, **facts}
        )

    def hint(self, request: Any, entry: LibraryEntry, **facts: Any) -> Hint:
        """A request's photo looks like an entry; the letter has arrived."""
        with context.seat(BRANDS):
            photo = self.photo(request)
            self.look(photo, found=(self.found(entry, **facts),))
            made = Hint.objects.get(photo=photo, entry=entry)
        deliver_everywhere()
        return made


@pytest.fixture
def library(border: Any) -> Library:
    """Everybody, committed."""
    people.divisions()
    return Library(people.bureau("gx"), people.bureau("gz", "520382"), people.brand_house())


@pytest.fixture
def post_goes() -> Callable[[], int]:
    """Deliver every letter that waits, everywhere."""
    return deliver_everywhere


@pytest.fixture
def qr() -> Callable[[str], Barcode]:
    """A QR code as the ladder gives it."""
    return lambda text: Barcode(text=text, symbology="qrcode", passes=2)


@pytest.fixture
def real_engine(tmp_path_factory: Any, monkeypatch: Any) -> Iterator[None]:
    """Indexes of this test alone; the model of all. Barcodes have tests of their own, and take their time."""
    from appraisal.recognition import engine
    from appraisal.recognition.vision import barcodes

    monkeypatch.setattr(barcodes, "read", lambda _image: [])
    model = engine.folder() / "model"
    where = tmp_path_factory.mktemp("recognition")
    monkeypatch.setattr(engine, "folder", lambda: where)
    monkeypatch.setattr(engine, "extractor", lambda: engine._extractor(model.parent))
    yield
    engine._index.cache_clear()
    shutil.rmtree(where, ignore_errors=True)


@pytest.fixture
def photograph(library: Library, monkeypatch: Any) -> Callable[..., Any]:
    """`photograph(bureau, data, **item)`: 陈队长 sends a request with this photo."""

    def sealed(data: bytes) -> Callable[..., Any]:
        def photo(by: Any, _words: str, **_fields: Any) -> Any:
            exhibit = evidence.receive(
                io.BytesIO(data),
                declared_sha256=hashlib.sha256(data).hexdigest(),
                captured_at=clock.now(),
                source="camera",
                by=by,
            )
            return evidence.make_views(exhibit.pk)

        return photo

    def send(bureau: people.Bureau, data: bytes, **item: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(people, "sealed_photo", sealed(data))
            return library.ask(bureau, **item)

    return send


@pytest.fixture
def look_at(library: Library) -> Callable[[Any], PhotoLook]:
    """`look_at(request)`: the worker looks at its photo, and the letters arrive."""

    def look(request: Any) -> PhotoLook:
        with context.seat(BRANDS):
            row = looking.look(PhotoLook.objects.get(photo=library.photo(request)).pk)
        deliver_everywhere()
        assert row is not None
        return row

    return look
