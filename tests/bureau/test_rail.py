"""The rail of a bureau leads to all that the phone's bar leads to: on a wide page it stands in its place."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse
from harness import people

from accounts.models import Post, User
from accounts.rules import works_at_desk
from webui import nav

AT_DESKS = [
    ["dispatcher"], ["leader"], ["bureau_admin"], ["security_admin"], ["audit_admin"],
    ["officer", "dispatcher"], ["officer", "leader"], ["dispatcher", "leader"],
]  # fmt: skip


@pytest.mark.parametrize("roles", AT_DESKS, ids="+".join)
def test_whoever_has_the_rail_misses_nothing_that_the_phones_bar_offers(gx, roles):
    unit = people.bureau("gx").unit
    somebody = User.objects.create_user("somebody", name="某某", unit=unit)
    for role in roles:
        Post.objects.create(user=somebody, unit=unit, role=role)
    request = RequestFactory().get("/me/")
    request.user, request.urlconf = User.people.get(pk=somebody.pk), settings.URLCONFS["province"]
    assert works_at_desk(request)
    bar, rail = ({each["url"] for each in nav.items(area, request)} for area in ("phone", "bureau"))
    home = reverse("requests:home", urlconf=request.urlconf)
    assert bar - rail <= {home}
    assert (home in rail) == ("officer" in roles), "others are led on from there"
