"""What a link shows without a sign-in leaves a line too: which link, for whom it was made, from about where."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from harness import people

from accounts.models import Post, User
from appraisal.issuing import register
from appraisal.issuing.check import limits
from appraisal.issuing.models import Certificate
from audit.models import ReadLine
from audit.reads import Link, about, term_digest
from federation.parties import services as parties
from kernel import clock
from kernel.ids import uuid7
from oversight import selectors
from oversight.asking import Asked
from oversight.copying import places
from provinces import context
from provinces.seats import BRANDS, OFFICE

NUMBER, CODE = "岚河辨〔2026〕16号", "K7QF-2M8X-TT3C"


@pytest.fixture
def letter(border, monkeypatch):
    """A letter in the register; its id."""
    monkeypatch.setattr(limits, "LOOKUPS", 1000)
    with context.seat(BRANDS):
        row = Certificate.objects.create(
            lookup=register.lookup(NUMBER, CODE), letter_id=uuid7(), number=NUMBER, version_no=1, state="formal",
            holder_name="岚河酒业股份有限公司", signed_at=clock.now(),
        )  # fmt: skip
    return row.letter_id


def test_a_certificate_that_somebody_checks_leaves_a_line_that_the_office_reads(letter, client_for):
    stranger = client_for("")
    asked = {"n": NUMBER, "c": CODE}
    assert stranger.get("/check/", asked, REMOTE_ADDR="203.0.113.77").status_code == 200
    assert stranger.get("/check/", asked | {"c": "AAAA-AAAA-AAAA"}).status_code == 404
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao-audit", name="赵某")
        Post.objects.create(user=zhao, role="audit_admin")
        [line] = selectors.find(zhao, Asked(term=CODE).checked())
        assert (line.label, line.record_id, line.by_id) == ("issuing.certificate", letter, None)
        assert (line.by_name, line.what) == ("凭链接（持查验码或文件的人）", "link 203.0.113.0/24")
        assert line.kind != line.label and line.did == "查看页面 · 203.0.113.0/24"
        assert "203.0.113.77" not in str(ReadLine.objects.get(pk=line.id).__dict__)
        kinds = [kind for kind, row in places._new("office", clock.now() - places.LOOK_BACK) if row.pk == line.id]
        assert kinds == ["read"], "it leaves with the office's copy"


def test_a_certificate_is_not_shown_while_the_look_cannot_be_written(letter, client_for, cluster):
    stranger, asked = client_for(""), {"n": NUMBER, "c": CODE}
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute("REVOKE INSERT ON public.audit_readline FROM czj_public")
    try:
        refused = stranger.get("/check/", asked)
        assert refused.status_code == 503 and "岚河酒业" not in refused.content.decode()
        assert stranger.get("/check/").status_code == 200, "the empty page shows nothing and stays open"
    finally:
        with cluster.superuser(cluster.database_name) as cursor:
            cursor.execute("GRANT INSERT ON public.audit_readline TO czj_public")
    assert stranger.get("/check/", asked).status_code == 200


def test_an_application_that_is_opened_by_its_code_leaves_a_line(border, client_for):
    people.divisions()
    with context.seat(BRANDS):
        found = parties.write_enrolment(name="岚河酒业股份有限公司", contact_name="林某", contact_phone="13800000000")
    assert client_for("brands").get(f"/enrol/{found.code}/", REMOTE_ADDR="2001:db8:1:2::3").status_code == 200
    with context.seat(BRANDS):
        line = ReadLine.objects.get(record_label="parties.enrolment", record_id=found.pk)
        assert (line.by_name, line.what) == ("凭链接（申请单位）", "link 2001:db8:1::/48")
        assert line.terms == [term_digest(found.code)]


def test_an_address_that_is_not_known_is_told_as_such():
    request = RequestFactory().get("/", REMOTE_ADDR="")
    assert about(request) == "-" and Link("t", "某", request).came == "link -"
