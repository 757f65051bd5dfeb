"""G5: an object of one province refuses to be used in another, whoever wrote its model."""

from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp
from django.apps import apps
from django.conf import settings
from django.db.models import CompositePrimaryKey, UUIDField, prefetch_related_objects

from accounts.models import Post, Unit, User
from provinces import context
from provinces.context import province
from provinces.errors import BorderCrossing
from provinces.instances import Stamp
from provinces.seats import BRANDS

pytestmark = pytest.mark.guard("G5")

MODELS = [
    model
    for app in apps.get_app_configs()
    if app.name in settings.TENANT_APPS
    for model in app.get_models(include_auto_created=True)
]


def loaded_in(schema_name, model):
    """An object as if it had been read from that schema."""
    key = model._meta.pk
    if isinstance(key, CompositePrimaryKey):
        made = model(**{field.attname: field.to_python(1) for field in key.fields})
    else:
        made = model(pk=key.get_default() or (uuid4() if isinstance(key, UUIDField) else key.to_python(1)))
    made._state.db, made._state.adding = Stamp(schema_name), False
    return made


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_refuses_save_delete_and_refresh(gd, model, trials):
    instance = loaded_in("gx", model)
    for attempt in (instance.save, instance.delete, instance.refresh_from_db, lambda: instance.save(force_insert=True)):
        with pytest.raises(BorderCrossing):
            attempt()
    trials(4)


@pytest.fixture
def chen(border):
    """陈队长 of 广西 with unit, post and address."""
    with province("gx"):
        unit = Unit.objects.create(code="450100", name="南宁市市场监督管理局", kind=Unit.Kind.MUNICIPAL_BUREAU)
        chen = User.objects.create_user("chen", name="陈", unit=unit)
        Post.objects.create(user=chen, unit=unit, role="officer")
        EmailAddress.objects.create(user=chen, email="chen@gx.example", primary=True)
        SocialApp.objects.create(provider="openid_connect", provider_id="gx", name="广西统一认证", client_id="x")
    return chen


ATTEMPTS = {
    "save": lambda chen: chen.save(),
    "save one field": lambda chen: chen.save(update_fields=["name"]),
    "delete": lambda chen: chen.delete(),
    "refresh": lambda chen: chen.refresh_from_db(),
    "follow a foreign key": lambda chen: fresh(chen).unit,
    "read a reverse relation": lambda chen: list(chen.posts.all()),
    "create through a relation": lambda chen: chen.posts.create(role="leader"),
    "add through a relation": lambda chen: chen.posts.add(Post(role="leader"), bulk=False),
    "prefetch": lambda chen: prefetch_related_objects([chen], "posts"),
    "prefetch a third party's": lambda chen: prefetch_related_objects([chen], "emailaddress_set"),
    "give it to a new object": lambda chen: Post(user=chen, role="leader"),
    "give it to an object here": lambda chen: setattr(Post.objects.create(user=here(), role="leader"), "user", chen),
    "make an address for it": lambda chen: EmailAddress(user=chen, email="x@gd.example"),
    "bulk update": lambda chen: User.objects.bulk_update([chen], ["name"]),
    "bulk create": lambda chen: Post.objects.bulk_create([Post(user=chen, role="leader")]),
    "a role asked of it": lambda chen: chen.has_role("officer"),
}


def fresh(user):
    """The same object without what was read already."""
    user._state.fields_cache.clear()
    return user


def here():
    return User.objects.create_user("wang", name="王")


@pytest.mark.parametrize("place", ["gd", "brands"])
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_officer_of_one_province_is_refused_elsewhere(chen, attempt, place, trials):
    with context.seat(BRANDS if place == "brands" else context.province_seat(place)):
        with pytest.raises(BorderCrossing):
            ATTEMPTS[attempt](chen)
        assert not User.objects.filter(username="chen").exists()
    trials(1)


@pytest.mark.parametrize("model", [EmailAddress, SocialApp, Unit, Post])
def test_rows_of_third_parties_are_refused_elsewhere(chen, model, trials):
    with province("gx"):
        row = model.objects.get()
    with province("gd"):
        for attempt in (row.save, row.delete, row.refresh_from_db):
            with pytest.raises(BorderCrossing):
                attempt()
        assert not model.objects.exists()
    trials(3)


def test_at_home_the_same_object_works(chen):
    with province("gx"):
        chen.name = "陈队长"
        chen.save()
        chen.refresh_from_db()
        assert chen.has_role("officer")
