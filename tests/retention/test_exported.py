"""An export of what retention has cleared is whole; what somebody else emptied is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from harness.people import sealed_photo

from audit import heads, log, verify
from audit.models import LogEntry
from kernel import clock
from provinces import context
from retention import clearing


def test_an_entry_emptied_with_a_proof_is_exported_and_one_without_is_refused(bureau, period, tmp_path):
    went = bureau.request("goes")
    with context.province("gx"):
        stays = sealed_photo(bureau.chen, "stays")
        period("requests", 30)
        log.sequence()
        heads.make()
        with clock.frozen(clock.now() + timedelta(days=31)):
            clearing.run()
            log.sequence()
            heads.make()
        assert set(LogEntry.objects.filter(record_id=went.exhibit.pk).values_list("body", flat=True)) == {""}
        assert verify.emptied("gx")
    call_command("province", "export", "gx", "--to", tmp_path / "cleared")

    with context.owner("gx"):
        assert LogEntry.objects.filter(record_id=stays.pk).update(body="")
    with pytest.raises(CommandError, match="emptied without a proof"):
        call_command("province", "export", "gx", "--to", tmp_path / "emptied")


def test_a_proof_that_had_no_place_in_the_log_when_the_province_was_suspended_has_one_in_its_export(
    bureau, period, tmp_path
):
    bureau.request("goes")
    with context.province("gx"):
        period("requests", 30)
        log.sequence()
        with clock.frozen(clock.now() + timedelta(days=31)):
            clearing.run()
        assert LogEntry.objects.filter(position=None).exists()
    call_command("province", "export", "gx", "--to", tmp_path / "cleared")
    call_command("province", "export", "gx", "--verify", tmp_path / "cleared")
