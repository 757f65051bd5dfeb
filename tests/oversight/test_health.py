"""The status page says when looks cannot be written, and when the copy outside is behind."""

from kernel import clock
from operations import health
from oversight.copying.places import Standing


def test_a_trail_that_takes_no_lines_and_a_copy_that_is_late_are_told_with_figures(gx, monkeypatch):
    assert health._writable().figures == {"czj_trail_unwritable": 0.0}
    assert health._copy().state == "good", "no copy is asked for"
    monkeypatch.setattr("audit.reads.try_writing", lambda: "InsufficientPrivilege")
    assert "InsufficientPrivilege" in health._writable().said
    late = Standing(True, "S3", 900, 12, "s3: AccessDenied", None)
    monkeypatch.setattr("oversight.copying.places.standing", lambda: late)
    found = health._copy()
    assert (found.state, found.figures["czj_trail_copy_behind_seconds"]) == ("worse", 900.0)
    assert "15" in found.said
    gap = Standing(True, "S3", 0, 0, "", None, clock.now(), 7, 9)
    monkeypatch.setattr("oversight.copying.places.standing", lambda: gap)
    found = health._copy()
    assert (found.state, found.figures["czj_trail_copy_gap"]) == ("worse", 1.0)
    assert "7" in found.said
