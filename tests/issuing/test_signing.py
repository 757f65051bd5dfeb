"""Whose certificate may sign, and letters that wait for a time-stamp."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness.spoiled import rewrite

from appraisal.issuing import paper, selectors, services
from appraisal.issuing.check.selectors import certificate
from appraisal.issuing.models import OpinionLetter
from evidence.errors import StoredDiffers
from evidence.store import store
from federation.parties.models import Trademark
from kernel import clock
from kernel.errors import BadInput, Conflict
from papers import authority
from papers.checking import verify
from provinces import context
from provinces.seats import BRANDS, PUBLIC


def test_letter_waits_for_the_time_stamp_clearly_marked_and_is_finished_by_itself(world, monkeypatch):
    letter = world.preliminary()
    world.certificate()
    sign = paper.sign

    def down(pdf, credential, organisation, *, reason="", stamped=True):
        if stamped:
            raise paper.TimestampUnavailable()
        return sign(pdf, credential, organisation, reason=reason, stamped=False)

    monkeypatch.setattr(paper, "sign", down)
    finish, tries = paper.finish, []

    def still_down(pdf):
        tries.append(1)
        if len(tries) == 1:
            raise paper.TimestampUnavailable()
        return finish(pdf)

    monkeypatch.setattr(paper, "finish", still_down)
    with context.seat(BRANDS):
        acting = world.acting()
        letter = services.issue(acting=acting, letter_id=letter.pk)
        assert (letter.state, letter.waits_for) == (OpinionLetter.State.PRELIMINARY, "time_stamp")
        assert services.issue(acting=acting, letter_id=letter.pk).waits_for == "time_stamp"
        with pytest.raises(Conflict):
            services.revise(acting=acting, letter_id=letter.pk, reason="改一下")
    with context.seat(PUBLIC):
        said = certificate(letter.number, letter.check_code)
        assert said is not None
        assert (said.state, said.waits_for) == ("preliminary", "time_stamp")
    assert len(world.sent("opinion.certificate")) == 1, "nothing formal was sent"
    with context.seat(BRANDS):
        signed = letter.files.get(kind="signed")
        path = store()._path(signed.object_key)
        honest = path.read_bytes()
        rewrite(path, honest + b"\n% one more word")
        assert services.finish_waiting(now=clock.now() + timedelta(hours=1)) == 0
        letter = world.read(letter)
        assert letter.state == OpinionLetter.State.PRELIMINARY and "与封存时不一致" in letter.problem
        with pytest.raises(StoredDiffers):
            services.read(signed)
        rewrite(path, honest)
        assert not tries, "no other bytes were ever sent to be stamped"
        assert services.finish_waiting() == 0, "not before its next try is due"
        assert services.finish_waiting(now=clock.now() + timedelta(hours=30)) == 0
        assert services.finish_waiting(now=clock.now() + timedelta(hours=60)) == 1
        letter = world.read(letter)
        assert letter.state == OpinionLetter.State.FORMAL
        assert verify(services.read(letter.files.get(kind="paper"))).level == "B-LTA"
    assert world.sent("opinion.certificate")[-1]["paper"]["state"] == "formal"


def test_certificate_of_another_company_expired_or_revoked_is_refused_in_words(world):
    letter = world.preliminary()
    ours = {"name": "林某", "organisation": world.house.organisation.name, "uscc": world.house.organisation.uscc}
    now = clock.now()
    with context.seat(BRANDS):
        acting = world.acting()
        with pytest.raises(services.NoCertificate):
            services.issue(acting=acting, letter_id=letter.pk)
        with pytest.raises(services.NotTheSigner):
            services.issue(acting=world.acting(world.house.wang), letter_id=letter.pk)
        other = authority.issue(name="林某", organisation="别家酒业", uscc="91350100M000100Y43")
        old = authority.issue(**ours, valid_from=now - timedelta(days=9), valid_until=now - timedelta(days=1))
        good = authority.issue(**ours, passphrase="开门")
        for issued, code in ((other, "certificate_of_another"), (old, "certificate_expired")):
            with pytest.raises(paper.CertificateRefused) as refusal:
                services.add_certificate(acting=acting, pkcs12=issued.pkcs12, passphrase=issued.passphrase)
            assert refusal.value.code == code
        with pytest.raises(paper.CertificateRefused) as refusal:
            services.add_certificate(acting=acting, pkcs12=b"nonsense", passphrase="")
        assert refusal.value.code == "certificate_unreadable"
        services.add_certificate(acting=acting, pkcs12=good.pkcs12, passphrase="开门")
        with pytest.raises(paper.CertificateRefused) as refusal:
            services.issue(acting=acting, letter_id=letter.pk)
        assert refusal.value.code == "certificate_unreadable", "the passphrase is not kept"
        authority.revoke(good.certificate)
        with pytest.raises(paper.CertificateRefused) as refusal:
            services.issue(acting=acting, letter_id=letter.pk, passphrase="开门")
        assert refusal.value.code == "certificate_revoked"
        letter = world.read(letter)
        assert letter.state == OpinionLetter.State.PRELIMINARY
        assert "吊销" in letter.problem
        services.issue_demonstration(acting=acting)
        assert selectors.certificates_of(acting).filter(state="active").count() == 1
        assert services.issue(acting=acting, letter_id=letter.pk).state == OpinionLetter.State.FORMAL


def test_lapsed_mark_is_left_to_the_reviewer_who_says_why_and_it_is_printed(world):
    """Edge case 1."""
    letter = world.drafted()
    with context.owner():
        mark = Trademark.objects.get()
        mark.valid_until = clock.today() - timedelta(days=1)
        mark.save()
    with context.seat(BRANDS):
        acting = world.acting()
        with pytest.raises(Conflict) as refusal:
            services.submit(acting=acting, letter_id=letter.pk)
        assert refusal.value.data["missing"][0]["code"] == "mark_lapsed"
        said = {"acting": acting, "letter_id": letter.pk, "mark_id": mark.pk}
        with pytest.raises(BadInput):
            services.decide_mark(standing="under_renewal", words="", **said)
        services.decide_mark(standing="under_renewal", words="续展申请已受理", **said)
        letter = services.submit(acting=acting, letter_id=letter.pk)
        assert letter.state == OpinionLetter.State.PRELIMINARY
        assert "续展申请已受理" in letter.facts
        assert "under_renewal" in letter.facts
    paper_sent = world.sent("opinion.certificate")[0]["paper"]
    assert paper_sent["trademarks"][0]["standing"] == "under_renewal"
