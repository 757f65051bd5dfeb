"""The drawn photographs: the same every time, differing where they say, and marked as samples."""

import io
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image, ImageChops, ImageFilter, ImageStat

from runtime.sample import catalogue, pictures, story
from runtime.sample.codes import ean13_modules

SHOTS = [(product, shot.code) for product in catalogue.PRODUCTS for shot in catalogue.shots(product)]
QUICK = [(product, shot) for product in catalogue.PRODUCTS for shot in catalogue.quick_set(product)]
ONE_OF_EACH_BRAND = {"lanhe-53", "guman-oil", "zhiyuan-milk", "torvane-pad", "tasuro-run", "solvo-65w"}
COMPARED = [
    pytest.param(product, shot, marks=() if product in ONE_OF_EACH_BRAND and at == 0 else pytest.mark.slow)
    for product in catalogue.PRODUCTS
    for at, shot in enumerate(catalogue.quick_set(product))
]


def opened(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def difference(boxes, size, first, second):
    """Mean grey difference inside and outside of the boxes, after a blur that drops JPEG grain."""
    small = (size[0] // 4, size[1] // 4)
    one, two = (image.resize(small, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1)) for image in (first, second))
    apart = ImageChops.difference(one, two).convert("L")
    inside = Image.new("L", small)
    for x, y, width, height in boxes:
        area = (
            int(x * small[0]) - 3,
            int(y * small[1]) - 3,
            int((x + width) * small[0]) + 4,
            int((y + height) * small[1]) + 4,
        )
        inside.paste(255, area)
    return ImageStat.Stat(apart, inside).mean[0], ImageStat.Stat(apart, ImageChops.invert(inside)).mean[0]


@pytest.mark.parametrize(("product", "shot"), COMPARED)
def test_a_fake_differs_inside_its_boxes_and_not_outside(product, shot):
    seed = story.shot_seed(product, shot)
    found = pictures.defects(product, shot, seed)
    assert found
    genuine, fake = (opened(pictures.photo(product, shot, form, seed)) for form in (True, False))
    assert genuine.size == fake.size == (1600, 2133)
    inside, outside = difference([defect.box for defect in found], genuine.size, genuine, fake)
    assert inside > 1.0
    assert outside < 0.6
    assert inside > outside * 4


@pytest.mark.parametrize(("product", "shot"), SHOTS)
def test_every_box_lies_in_the_picture_and_has_words(product, shot):
    for defect in pictures.defects(product, shot):
        x, y, width, height = defect.box
        assert 0 <= x < x + width <= 1
        assert 0 <= y < y + height <= 1
        assert width * height > 0.001
        assert defect.words_zh
        assert defect.words_en


def test_the_same_arguments_give_the_same_bytes_and_seeds_differ():
    taken = pictures.photo("lanhe-53", "front_label", False, 5)
    pictures._subject.cache_clear()
    assert pictures.photo("lanhe-53", "front_label", False, 5) == taken
    assert pictures.photo("lanhe-53", "front_label", False, 6) != taken


def test_a_photo_carries_a_demonstration_camera_a_time_and_a_place():
    moment = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
    data = pictures.photo("torvane-pad", "part_mark", True, 1, taken_at=moment, place=(22.82, 108.32))
    exif = Image.open(io.BytesIO(data)).getexif()
    assert exif[ExifTags.Base.Make] == "DEMO"
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2026:11:20 09:02:03"
    assert float(exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude][0]) == 22


def test_photos_weigh_between_200_and_650_kilobytes():
    sizes = [len(pictures.photo(product, shot, False, seed)) for seed, (product, shot) in enumerate(QUICK[::5])]
    assert min(sizes) > 200_000
    assert max(sizes) < 650_000


def test_references_are_1600_pixels_high_and_carry_no_metadata():
    image = Image.open(io.BytesIO(pictures.reference("tasuro-run", "size_label")))
    assert max(image.size) == 1600
    assert not dict(image.getexif())


@pytest.mark.parametrize("spoilt", ["blur", "glare", "dark"])
def test_a_spoilt_photo_is_visibly_worse(spoilt):
    def detail(image):
        return ImageStat.Stat(image.convert("L").resize((800, 1066)).filter(ImageFilter.FIND_EDGES)).mean[0]

    good = opened(pictures.photo("lanhe-42", "batch_code", True, 4))
    bad = opened(pictures.photo("lanhe-42", "batch_code", True, 4, spoilt=spoilt))
    assert detail(bad) < detail(good)
    with pytest.raises(ValueError, match="spoilt"):
        pictures.photo("lanhe-42", "batch_code", True, 4, spoilt="torn")


@pytest.mark.parametrize(
    ("template", "shot"), [(key, shot.code) for key, shots in catalogue.SHOTS.items() for shot in shots]
)
def test_every_overlay_is_one_svg_outline_without_style(template, shot):
    tree = ET.fromstring(pictures.overlay(template, shot))
    assert tree.attrib["viewBox"] == "0 0 1200 1600"
    path = tree.find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    assert path.attrib["d"].startswith("M")
    assert all("style" not in element.attrib for element in tree.iter())


def test_the_drawn_bars_are_a_whole_ean13():
    modules = ean13_modules("2999000001705")
    assert len(modules) == 95
    assert modules.startswith("101")
    assert modules.endswith("101")


def test_a_photo_is_drawn_quickly():
    pictures.photo("guman-soy", "pack_front", True, 1)
    start = time.process_time()
    for seed in range(2, 6):
        pictures.photo("guman-soy", "pack_front", True, seed)
    assert (time.process_time() - start) / 4 < 1.0
