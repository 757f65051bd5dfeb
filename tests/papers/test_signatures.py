"""Electronic signatures: who may sign, what a time-stamp that does not come leaves behind, what a check tells."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from harness import signed
from harness.openssl_tsa import authority, tsa  # noqa: F401 - fixtures
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from kernel import clock
from kernel.errors import Unavailable
from papers import authority as ours
from papers import checking, pades, trust


def issued(**changed):
    given = {"name": "林工", "organisation": signed.HOUSE.name, "uscc": signed.HOUSE.uscc}
    made = ours.issue(**{**given, **changed})
    return pades.from_pkcs12(made.pkcs12, made.passphrase)


def test_a_signed_paper_is_sound_and_says_who_signed_when_and_that_it_is_a_demonstration():
    report = checking.verify(signed.signed_page())
    assert report.sound and report.level == "B-LTA" and report.is_demo and not report.later
    assert report.signer == "林工" and report.organisation == signed.HOUSE
    assert abs(report.stamped_at - clock.now()) < timedelta(minutes=5)
    assert report.certificate_no == signed.credential().serial


def test_strangers_check_it_with_pyhanko_by_the_root_alone():
    """What `pyhanko sign validate` does: each signature is valid, trusted, and nothing but time-stamping follows."""
    reader = PdfFileReader(io.BytesIO(signed.signed_page()))
    context = ValidationContext(
        trust_roots=[trust.asn1(ours.member("root").certificate)],
        other_certs=[trust.asn1(ours.member("issuer").certificate)],
        crls=ours.revocation_lists(),
        revocation_mode="hard-fail",
        allow_fetching=False,
    )
    (signature,) = reader.embedded_regular_signatures
    (stamp,) = reader.embedded_timestamp_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert validate_pdf_signature(signature, context).bottom_line
    said = validate_pdf_timestamp(stamp, context)
    assert said.intact and said.valid and said.trusted and said.coverage.name == "ENTIRE_FILE"


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("certificate_expired", {"valid_until": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("certificate_not_yet_valid", {"valid_from": datetime(2099, 1, 1, tzinfo=UTC),
                                       "valid_until": datetime(2100, 1, 1, tzinfo=UTC)}),
        ("certificate_of_another", {"uscc": "91450100MA5K000002"}),
    ],
)  # fmt: skip
def test_such_a_certificate_does_not_sign(code, changed):
    credential = issued(**changed)
    for step in (pades.check, lambda *who: pades.sign(signed.bare_page(), *who)):
        with pytest.raises(pades.CertificateRefused) as refused:
            step(credential, signed.HOUSE)
        assert refused.value.code == code
        assert refused.value.detail


def test_a_revoked_certificate_does_not_sign_and_what_it_signed_before_stands():
    credential = issued()
    before = pades.sign(signed.bare_page(), credential, signed.HOUSE)
    ours.revoke(credential.certificate)
    with pytest.raises(pades.CertificateRefused) as refused:
        pades.sign(signed.bare_page(), credential, signed.HOUSE)
    assert refused.value.code == "certificate_revoked"
    assert checking.verify(before).sound


def test_a_certificate_of_an_authority_that_does_not_count_is_refused(settings, authority):  # noqa: F811
    """Where SIGNING_CERTIFICATES names others, the development authority counts no more, and its papers show that."""
    credential, paper = signed.credential(), signed.signed_page()
    settings.SIGNING_CERTIFICATES = str(authority.folder / "ca.pem")
    with pytest.raises(pades.CertificateRefused) as refused:
        pades.check(credential, signed.HOUSE)
    assert refused.value.code == "certificate_untrusted"
    report = checking.verify(paper)
    assert report.signed and report.intact and report.is_demo and not report.trusted and not report.sound


@pytest.mark.parametrize("data", [b"", b"not a key", b"0\x82"])
def test_what_is_no_key_file_or_has_another_passphrase_is_said(data):
    made = ours.issue(name="林工", organisation="某", uscc="1")
    for file, words in ((data, "x"), (made.pkcs12, "wrong")):
        with pytest.raises(pades.CertificateRefused) as refused:
            pades.from_pkcs12(file, words)
        assert refused.value.code == "certificate_unreadable"


def test_a_device_without_its_component_is_said():
    with pytest.raises(Unavailable) as refused:
        pades.from_pkcs11(library="/none.so", token="t", pin="1", certificate="c")
    assert refused.value.code in {"pkcs11_missing", "pkcs11_failed"}


def test_an_authority_that_is_down_leaves_nothing_and_the_paper_can_wait_for_it(tsa):  # noqa: F811
    """Down: refused. Signed without: sound, and says that it waits. Up again: finished without anybody's key."""
    tsa.broken = True
    with pytest.raises(pades.TimestampUnavailable):
        pades.sign(signed.bare_page(), signed.credential(), signed.HOUSE)
    waiting = pades.sign(signed.bare_page(), signed.credential(), signed.HOUSE, stamped=False)
    report = checking.verify(waiting)
    assert report.sound and report.level == "B-B" and report.stamped_at is None
    with pytest.raises(pades.TimestampUnavailable):
        pades.finish(waiting)
    tsa.broken = False
    finished = pades.finish(waiting)
    report = checking.verify(finished)
    assert report.sound and report.level == "B-LTA" and report.stamped_at, report.problem
    with pytest.raises(ValueError, match="waits"):
        pades.finish(finished)


def test_files_of_any_kind_are_looked_at_without_an_error():
    for data in (b"", b"%PDF-1.7", signed.bare_page(), signed.signed_page()[:-700], b"\0" * 5000):
        report = checking.verify(data)
        assert not report.sound
        assert report.problem
