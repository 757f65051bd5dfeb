"""Certificates that are not ours and that we stand still without: identity providers', signers'."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests.adapters
from django.core.cache import cache
from django.utils import translation
from harness import people
from harness.tls import https_server

from appraisal.issuing.models import SigningCertificate
from kernel import clock
from provinces import context
from provinces.seats import BRANDS
from signon import certificates
from signon.models import IdentityProvider
from watching import health


@pytest.fixture(autouse=True)
def chinese():
    """Whatever language a page before was read in."""
    with translation.override("zh-hans"):
        yield


def provider(url: str) -> IdentityProvider:
    cache.clear()
    return IdentityProvider.objects.create(
        kind="oidc",
        slug=f"p{IdentityProvider.objects.count()}",
        name="厅统一认证",
        state="on",
        issuer=url,
        client_id="c",
    )


def test_a_provider_whose_certificate_ends_soon_is_told_of_and_asked_twice_a_day(gx, tmp_path, monkeypatch):
    probe = health.CHECKS["provider_certificates"].probe
    assert probe().state == "good", "no provider, nothing to renew"
    with https_server(tmp_path, days=20.5) as server:
        provider(f"https://localhost:{server.port}/realm")
        found = probe()
        assert found.state == "bad" and "不可信或已过期" in found.said and found.figures == {
            "czj_provider_certificate_days_left": 0.0
        }  # fmt: skip
        monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "ca.pem"))
        cache.clear()
        found = probe()
        assert found.state == "worse" and "“厅统一认证”的网站证书还有 20 天到期" in found.said
        assert found.figures["czj_provider_certificate_days_left"] == pytest.approx(20.5, abs=0.01)
        asked = len(server.kept)
        assert probe().said == found.said and len(server.kept) == asked == 1
        IdentityProvider.objects.update(state="tested")
        assert probe().state == "good", "nobody signs in by it"


def test_a_provider_that_does_not_answer_or_leads_inside_is_no_finding_of_this_check(gx, settings):
    provider("https://localhost:1/")
    assert certificates.endings() == []
    settings.SCHEME = "https"
    provider("https://127.0.0.1:8443/")
    assert certificates.endings() == []


def test_a_signer_whose_certificate_ends_soon_is_counted_and_marked_on_the_page(border, client_for):
    people.divisions()
    house, now = people.brand_house(), clock.now()
    with context.seat(BRANDS):
        probe = health.CHECKS["signer_certificates"].probe
        assert probe().state == "good"
        row = SigningCertificate.objects.create(
            organisation=house.organisation, user=house.lin, subject="林某", serial="1", issued_by="某 CA",
            valid_from=now - timedelta(days=300), valid_until=now + timedelta(days=20), sealed=b"",
        )  # fmt: skip
        found = probe()
        assert (found.state, found.figures) == ("worse", {"czj_signer_certificates_ending": 1.0})
        assert "1 张签发人证书" in found.said and "林" not in found.said
    page = client_for("brands", user=house.lin).get("/opinions/signing/").content.decode()
    assert "30 天内到期，请登记新证书" in page
    with context.seat(BRANDS):
        for ends, state in ((now + timedelta(days=40), "good"), (now - timedelta(days=60), "good")):
            SigningCertificate.objects.filter(pk=row.pk).update(valid_until=ends)
            assert probe().state == state
