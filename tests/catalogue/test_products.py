"""A brand's shelves: drafts, versions, secrets, references."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from harness import people
from harness.spoiled import rewrite
from PIL import Image, ImageChops

from appraisal.catalogue import selectors, services
from appraisal.catalogue.models import Product, ReferenceView, Shot, ShotList
from appraisal.catalogue.services import ShotSpec
from evidence.errors import StoredDiffers
from evidence.store import store
from federation.parties.models import Membership
from federation.parties.selectors import acting_organisations
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from provinces import context
from provinces.errors import BorderCrossing
from provinces.seats import BRANDS, OFFICE

FRONT = ShotSpec(code="front_label", name="瓶身正标", in_quick_set=True, overlay="bottle")
BASE = ShotSpec(code="bottle_base", name="瓶底", required=False)


@pytest.fixture
def house(border):
    found = people.brand_house()
    with context.owner():
        Membership.objects.create(user=found.lin, organisation=found.organisation, role="brand_admin")
    return found


@pytest.fixture
def lin(house):
    with context.seat(BRANDS):
        return acting_organisations(house.lin)[0]


def test_a_new_product_is_live_in_every_province_once_published_and_not_before(house, lin):
    with context.seat(BRANDS):
        draft = services.start_draft(
            acting=lin, brand_name="岚壑春", name="珍藏", spec="1L", category=house.product.category, nice_class=33,
            template="baijiu",
        )  # fmt: skip
        services.write_draft(acting=lin, product_id=draft.pk, barcodes=["2900010000015"])
    with context.province("gx"):
        assert selectors.search("zc") == []
    with context.seat(BRANDS):
        services.publish(acting=lin, product_id=draft.pk)
    with context.province("gx"):
        hit = selectors.search("2900010000015")[0]
        assert (hit.product.pk, hit.product.full_name, hit.enrolled) == (draft.pk, "岚壑春 珍藏 1L", True)
        assert len(selectors.shot_list(draft.pk).shots) == 12


def test_a_changed_shot_list_is_a_new_version_and_the_old_one_stays(house, lin):
    with context.seat(BRANDS):
        services.write_draft(acting=lin, product_id=house.product.pk, shots=[FRONT, BASE])
        services.publish(acting=lin, product_id=house.product.pk)
    with context.province("gx"):
        assert [shot.code for shot in selectors.shot_list(house.product.pk).shots] == ["front_label", "bottle_base"]
        assert selectors.shot_list(house.product.pk).version == 2
        assert len(selectors.shot_list(house.product.pk, version=1).shots) == 3


def test_publishing_without_a_change_of_shots_keeps_the_version(house, lin):
    with context.seat(BRANDS):
        services.write_draft(acting=lin, product_id=house.product.pk, guide_price_yuan=1499)
        assert services.publish(acting=lin, product_id=house.product.pk).shot_list_version == 1


def test_a_published_shot_list_cannot_be_changed_even_by_sql(house):
    for statement in ("UPDATE catalogue_shot SET name = 'x'", "DELETE FROM catalogue_shotlist"):
        with context.seat(BRANDS), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)
    with context.owner():
        assert Shot.objects.filter(name="x").count() == 0 and ShotList.objects.count() == 1


@pytest.mark.parametrize(
    ("shots", "code"),
    [
        ([], "shots_missing"),
        ([BASE], "quick_set_empty"),
        ([FRONT, FRONT], "shot_code_doubled"),
        ([ShotSpec(code="a", name=" ", in_quick_set=True)], "shot_name_missing"),
        ([ShotSpec(code="a", name="甲", in_quick_set=True, overlay="../x")], "overlay_unknown"),
    ],
)
def test_a_shot_list_that_cannot_be_asked_is_refused(house, lin, shots, code):
    with context.seat(BRANDS), pytest.raises(BadInput) as caught:
        services.write_draft(acting=lin, product_id=house.product.pk, shots=shots)
    assert caught.value.code == code


def test_a_barcode_with_a_wrong_check_digit_is_refused(house, lin):
    with context.seat(BRANDS), pytest.raises(BadInput) as caught:
        services.write_draft(acting=lin, product_id=house.product.pk, barcodes=["2900010000016"])
    assert caught.value.code == "gtin_check"


def test_nobody_publishes_under_another_brand_or_touches_anothers_product(house, lin):
    other = people.brand_house("泽云", suffix="2")
    with context.seat(BRANDS):
        with pytest.raises(BadInput):
            services.start_draft(
                acting=lin, brand_name="泽云", name="x", spec="", category=house.product.category, nice_class=33
            )
        for call in (
            lambda: services.draft_of(acting=lin, product_id=other.product.pk),
            lambda: services.set_live(acting=lin, product_id=other.product.pk, live=False),
            lambda: services.add_checkpoint(acting=lin, product_id=other.product.pk, name="x", is_secret=True),
            lambda: services.end_checkpoint(acting=lin, product_id=other.product.pk, checkpoint_id=other.checkpoint.pk),
        ):
            with pytest.raises(NotFound404):
                call()


def test_two_products_of_one_name_and_size_are_one_too_many(house, lin):
    with context.seat(BRANDS):
        draft = services.start_draft(
            acting=lin, brand_name="岚壑春", name="陈酿", spec="500ml", category=house.product.category,
            nice_class=33, template="baijiu",
        )  # fmt: skip
        with pytest.raises(Conflict) as caught:
            services.publish(acting=lin, product_id=draft.pk)
    assert caught.value.code == "product_taken"


# Secrets --------------------------------------------------------------------------------------------------------------

PRIVATE = (
    "catalogue_secretcheckpoint",
    "catalogue_checkpoint",
    "catalogue_productdraft",
    "catalogue_referenceimage",
    "catalogue_referenceview",
    "parties_authorisation",
    "parties_authorisation_trademarks",
    "parties_membership",
    "parties_mandate",
    "parties_dutyslot",
    "parties_dutyabsence",
    "parties_enrolment",
    "parties_enrolmentdocument",
    "parties_document",
    "parties_wantedbrand",
)


@pytest.mark.parametrize("table", PRIVATE)
def test_a_province_cannot_read_what_is_the_brands_own_even_by_sql(border, table):
    people.brand_house()
    with context.province("gx"), pytest.raises(DatabaseError) as caught, transaction.atomic():
        connection.cursor().execute(f"SELECT * FROM public.{table}")
    assert "permission denied" in str(caught.value)


@pytest.mark.parametrize("table", ["catalogue_product", "parties_organisation", "parties_coverage", "catalogue_shot"])
def test_a_province_reads_what_is_published_and_writes_none_of_it(border, table):
    people.brand_house()
    with context.province("gx"):
        connection.cursor().execute(f"SELECT * FROM public.{table}")
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM public.{table}")


def test_the_office_reads_no_secret_either(border):
    people.brand_house()
    with context.seat(OFFICE):
        for table in ("catalogue_secretcheckpoint", "catalogue_checkpoint", "catalogue_referenceimage"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(f"SELECT * FROM {table}")


def test_checkpoints_come_in_order_with_the_secret_ones_marked(house, lin):
    with context.seat(BRANDS):
        services.add_checkpoint(acting=lin, product_id=house.product.pk, name="瓶底模具号", is_secret=False)
        names = [(row.name, row.is_secret) for row in selectors.checkpoints(house.product.pk)]
        assert names == [("正标烫金边缘", False), ("暗记位置", True), ("瓶底模具号", False)]
        services.end_checkpoint(acting=lin, product_id=house.product.pk, checkpoint_id=house.secret.pk)
        assert len(selectors.checkpoints(house.product.pk)) == 2


# References -----------------------------------------------------------------------------------------------------------


def added(lin, product_id: UUID):
    return services.add_reference(
        acting=lin, product_id=product_id, shot_code="front_label", file=io.BytesIO(people.jpeg("genuine", (900, 700)))
    )


def test_a_reference_carries_the_viewers_name_and_the_view_is_on_record(house, lin):
    with context.seat(BRANDS):
        row = added(lin, house.product.pk)
        with store().open(row.object_key) as stream:
            clean = Image.open(io.BytesIO(stream.read())).convert("RGB")
        shown = Image.open(io.BytesIO(services.show_reference(acting=lin, reference_id=row.pk)))
        assert shown.size == clean.size
        marked = sum(ImageChops.difference(shown, clean).convert("L").histogram()[13:])
        assert marked > shown.width * shown.height / 200
        assert [view.user for view in ReferenceView.objects.all()] == [house.lin]
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute("DELETE FROM catalogue_referenceview")


def test_a_reference_that_was_changed_in_the_store_is_not_shown(house, lin):
    with context.seat(BRANDS):
        row = added(lin, house.product.pk)
        rewrite(store()._path(row.object_key), people.jpeg("another seam", (900, 700)))
        with pytest.raises(StoredDiffers):
            services.show_reference(acting=lin, reference_id=row.pk)


def test_references_of_two_brands_never_mix(house, lin):
    """林工 appraises for both: at one brand's desk the other's reference is not there."""
    other = people.brand_house("泽云", suffix="2")
    with context.owner():
        for role in ("appraiser", "brand_admin"):
            Membership.objects.create(user=house.lin, organisation=other.organisation, role=role)
    with context.seat(BRANDS):
        first, second = sorted(
            acting_organisations(house.lin), key=lambda seat: seat.organisation != house.organisation
        )
        row = added(first, house.product.pk)
        assert services.show_reference(acting=first, reference_id=row.pk)
        with pytest.raises(NotFound404):
            services.show_reference(acting=second, reference_id=row.pk)
        assert not selectors.references(other.organisation, house.product.pk).exists()


def test_rights_staff_see_no_references(house, lin):
    with context.owner():
        Membership.objects.filter(user=house.wang).update(role="rights_staff")
    with context.seat(BRANDS):
        row = added(lin, house.product.pk)
        wang = acting_organisations(house.wang)[0]
        with pytest.raises(NotAllowed):
            services.show_reference(acting=wang, reference_id=row.pk)


def test_a_province_cannot_open_a_reference_by_its_key(house, lin):
    with context.seat(BRANDS):
        key = added(lin, house.product.pk).object_key
    with context.province("gx"), pytest.raises(BorderCrossing):
        store().open(key)


def test_what_is_no_picture_is_refused_and_a_sample_is_made_anew(house, lin):
    with context.seat(BRANDS):
        for data in (b"GIF89a....", b"%PDF-1.7", b"\xff\xd8\xff broken"):
            with pytest.raises(Exception) as caught:
                services.keep_sample(io.BytesIO(data))
            assert getattr(caught.value, "code", "")
        digest = services.keep_sample(io.BytesIO(people.jpeg("sample", (3000, 2000))))
    with context.province("gx"):
        picture = Image.open(io.BytesIO(selectors.sample(digest)))
        assert max(picture.size) == services.SAMPLE_EDGE


def test_who_is_not_the_administrator_changes_no_product(house):
    with context.seat(BRANDS):
        wang = acting_organisations(house.wang)[0]
        with pytest.raises(NotAllowed):
            services.draft_of(acting=wang, product_id=house.product.pk)
        assert Product.objects.count() == 1
