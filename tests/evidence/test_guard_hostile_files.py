"""Guard G20: whatever is sent as a photo, no worker dies, none takes more than 400 MB and 10 s, honest ones go on."""

from __future__ import annotations

import hashlib
import io
import threading
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from harness import hostile
from harness.guards import size

from accounts.tickets import make_upload_ticket
from appraisal.catalogue import services as catalogue
from evidence import hooks, intake, resumable, services, uploads
from evidence.hooks import UploadTarget
from evidence.models import Exhibit
from evidence.resumable import Sender
from kernel.errors import Problem
from kernel.ids import uuid7

MEMORY_BYTES, TIME_S = 400 << 20, 10


class Nobody:
    is_authenticated = False


class Ways:
    """Every way by which bytes of a photo come in; each returns the exhibit, or None when it was refused."""

    def __init__(self, person, other) -> None:
        self.person, self.other = person, other

    def page_api_and_chat(self, data: bytes) -> Exhibit | None:
        return uploads.handle_upload(self._request(self.person, data))

    def ticket(self, data: bytes) -> Exhibit | None:
        ticket = make_upload_ticket(draft_id=uuid4(), user_id=self.person.pk)
        row = uploads.handle_upload(self._request(Nobody(), data, ticket=ticket))
        return services.assign(quarantined_id=row.pk, to=self.other, by=self.other).exhibit

    def in_pieces(self, data: bytes) -> Exhibit | None:
        sender = Sender(self.person)
        fields = {"sha256": hashlib.sha256(data).hexdigest()}
        upload = resumable.begin(sender, length=len(data), target="/admin/quarantine/", fields=fields)
        resumable.append(upload, offset=0, read=io.BytesIO(data).read, length=len(data))
        return Exhibit.objects.get(pk=resumable.finish(upload, sender).answer["photo_id"])

    def catalogue_picture(self, data: bytes) -> Exhibit | None:
        catalogue._clean_copy(io.BytesIO(data), edge=480)
        return None

    def view_in_a_letter(self, data: bytes) -> Exhibit | None:
        path = intake.work_dir() / f"letter-{uuid4()}"
        path.write_bytes(data)
        with intake.look_into(path, "image/jpeg", thumb_only=True):
            path.unlink()
        return None

    def all(self):
        return [
            self.page_api_and_chat, self.in_pieces, self.ticket, self.catalogue_picture, self.view_in_a_letter
        ]  # fmt: skip

    def _request(self, user, data: bytes, **more: str):
        sent = {"sha256": hashlib.sha256(data).hexdigest(), "source": "album"} | more
        request = RequestFactory().post("/", sent | {"file": SimpleUploadedFile("a.jpg", data, "image/jpeg")})
        request.user = user
        return request


@pytest.fixture
def ways(gx, objects, people, monkeypatch) -> Ways:
    monkeypatch.setattr(hooks, "_targets", dict(hooks._targets))
    take = lambda arrived: uploads.answer(arrived.exhibit)[0]  # noqa: E731
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=lambda *_: None, take=take))
    return Ways(*people())


@pytest.fixture
def looked(monkeypatch) -> list[intake.Found]:
    """All that the intake process found, with what it took."""
    found: list[intake.Found] = []
    run = intake._run

    def noted(*asked):
        found.append(run(*asked))
        return found[-1]

    monkeypatch.setattr(intake, "_run", noted)
    return found


class Honest(threading.Thread):
    """Sends one honest photo after the other into intake while the hostile ones come."""

    def __init__(self, path) -> None:
        super().__init__(daemon=True)
        self.path, self.ended, self.views, self.failures = path, threading.Event(), 0, []

    def run(self) -> None:
        from provinces import context

        with context.province("gx"):
            while not self.ended.is_set():
                with intake.look_into(self.path, "image/jpeg") as found:
                    if found.refused or found.width != 1600:
                        self.failures.append(found.refused)
                self.views += 1
                self.ended.wait(0.2)


def test_the_collection_is_large_enough():
    assert len(hostile.cases()) >= 150


@pytest.mark.guard("G20")
def test_hostile_files_hurt_nobody_but_their_own_process(ways, looked, tmp_path, trials):
    honest_photo = tmp_path / "honest.jpg"
    honest_photo.write_bytes(hostile.picture("JPEG", width=1600, height=1200))
    honest, opener = Honest(honest_photo), intake.opener().process.pid
    honest.start()
    cases = list(hostile.cases().items())
    all_cases = size(
        [case for number, case in enumerate(cases) if number % 5 == 0 or case[0] == "169 megapixels"], cases
    )
    tried, kept, every = 0, 0, ways.all()
    for number, (name, make) in enumerate(all_cases):
        data = make()
        for way in size([every[number % len(every)]], every):
            tried += 1
            try:
                exhibit = way(data)
            except Problem as problem:
                assert 400 <= problem.status < 500, (name, way.__name__)
                continue
            if exhibit is None:
                continue
            made = services.make_views(exhibit.pk)
            assert made.state in {"ready", "refused"}, (name, way.__name__)
            assert (made.state == "ready") == bool(made.view_key) and made.refusal_words.endswith("。") != bool(
                made.view_key
            )
            kept += made.state == "ready"
    honest.ended.set()
    honest.join(60)
    assert intake.opener().process.pid == opener, "the process that opens photos died"
    assert honest.views > 2 and not honest.failures
    assert max(found.peak_bytes for found in looked) <= MEMORY_BYTES
    assert max(found.cpu_s for found in looked) <= TIME_S
    assert not list(intake.work_dir().glob("intake-*")) and 0 < kept < tried
    trials(tried)


@pytest.mark.guard("G20")
def test_the_largest_files_that_are_taken_stay_within_the_limits(gx, objects, tmp_path, trials):
    """An honest photo of 108 megapixels is taken; nothing that is taken or refused needs more than the limit."""
    heavy = hostile.heavy()
    names = size(["108 megapixels of JPEG"], list(heavy))
    for name in names:
        path = tmp_path / "heavy"
        data = heavy[name]()
        path.write_bytes(data)
        with intake.look_into(path, intake.media_type_of(data[:32])) as found:
            assert found.peak_bytes <= MEMORY_BYTES and found.cpu_s <= TIME_S, name
            assert found.refused in {"", "too_heavy"}, name
            if name == "108 megapixels of JPEG":
                assert (found.refused, found.width, found.height) == ("", 12_000, 9_000)
    trials(len(names))


def test_edge_case_6_a_jpg_that_is_a_pdf_a_zip_or_40000_pixels_wide_is_refused_with_a_plain_sentence(ways):
    for name in ("pdf named .jpg", "zip named .jpg"):
        with pytest.raises(services.UnsupportedFormat) as refused:
            ways.page_api_and_chat(hostile.cases()[name]())
        assert "JPEG" in refused.value.detail
    wide = ways.page_api_and_chat(hostile.cases()["jpeg 40,000 wide"]())
    assert (
        services.make_views(wide.pk).refusal == "too_many_pixels"
        and "像素" in wide.__class__.objects.get().refusal_words
    )


def test_what_is_refused_does_not_block_the_same_place(ways):
    """After a refusal the honest photo of the same shot goes through."""
    bad = ways.page_api_and_chat(hostile.cases()["50 % of a JPEG"]())
    assert services.make_views(bad.pk).state == "refused"
    good = ways.page_api_and_chat(hostile.picture("JPEG", seed=uuid7().int))
    assert services.make_views(good.pk).state == "ready"
