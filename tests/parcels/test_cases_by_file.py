"""A case system without a link tells its cases by file and gets the results by file. B-01, B-07, edge case 1."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from harness.partner import Partner

from tenants.embedding.models import Matter
from tenants.embedding.services import matters
from tenants.parcels import services
from tenants.parcels.models import ReportRow


def _case(ref: str, number: str, **said: Any) -> dict[str, Any]:
    data = {"case_number": number, "officer": "chen", "title": "涉嫌销售侵权商品案", **said}
    return {"kind": "matter", "id": ref, "data": {name: value for name, value in data.items() if value}}


def test_cases_come_in_are_renumbered_and_their_results_go_out(
    bureau: Any, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by officer or certificate; an unknown officer or unit is a bad row; the old number stays as an alias."""
    monkeypatch.setattr(matters, "_county", lambda said, unit: "450103")  # places are the launch's own tests
    sent = [
        _case("s-1", "南市监案〔2026〕9号", party_name="南宁某酒行"),
        _case("s-2", "南市监案〔2026〕10号", officer="nobody"),
        _case("s-3", "南市监案〔2026〕11号", unit="没有"),
        _case("s-4", "南市监案〔2026〕12号", officer=bureau.ning.officer_cert_no),
    ]
    report = partner.bring(bureau.meng, partner.pack(sent))
    assert [(row.effect, row.code) for row in report.lines.all()] == [
        ("new", ""), ("rejected", "officer_unknown"), ("rejected", "unit_unknown"), ("new", ""),
    ]  # fmt: skip
    services.take(by=bureau.meng, report=report)
    first = Matter.objects.get(case_number="南市监案〔2026〕9号")
    assert (first.officer, first.external_id, first.party["name"]) == (bureau.chen, "s-1", "南宁某酒行")
    renamed = _case("s-1", "南市监立〔2026〕77号", previous_number="南市监案〔2026〕9号")
    again = services.take(by=bureau.meng, report=partner.bring(bureau.meng, partner.pack([renamed])))
    row = again.lines.get()
    assert (row.effect, row.record_id) == (ReportRow.Effect.CHANGED, first.pk)
    first.refresh_from_db()
    assert first.case_number == "南市监立〔2026〕77号"
    assert [each.number for each in first.aliases.all()] == ["南市监案〔2026〕9号"]
    bureau.tick(timedelta(minutes=1))
    parcel = services.write(partner.connection, by=bureau.meng, kinds=["result"])
    assert parcel.counts == {"result": 2}
