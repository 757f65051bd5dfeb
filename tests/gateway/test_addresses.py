"""Addresses of the API are found by their first segment, and lead where Django itself would lead."""

import re

import pytest
from django.urls import Resolver404, URLResolver, get_resolver
from harness import routes

VALUES = {"uuid": "01a20000-0000-7000-8000-000000000001", "int": "7", "date": "2026-01-01"}


@pytest.mark.parametrize("kind", ["province", "brands", "office", "superior"])
def test_every_address_leads_where_it_would_if_all_patterns_were_tried(kind, settings):
    mounted = get_resolver(settings.URLCONFS[kind]).url_patterns[0]
    plain = URLResolver(mounted.pattern, list(mounted.url_patterns))
    addresses = {
        re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found[1], "word"), text)
        for text, _view in routes.walk(mounted, "api/v1/")
    }
    for address in sorted(addresses)[::8]:
        ours, theirs = mounted.resolve(address), plain.resolve(address)
        assert (ours.func, ours.kwargs, ours.route) == (theirs.func, theirs.kwargs, theirs.route), address
    for wrong in ("api/v1/nothing-here/", "api/v1", "api/v2/me/"):
        with pytest.raises(Resolver404):
            mounted.resolve(wrong)
