"""Guard G16, the bytes: whatever is changed in a signed paper, or put behind it, shows."""

from __future__ import annotations

import io
import random

import pytest
from asn1crypto import cms
from harness import signed
from harness.guards import size
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper

from papers import checking, pades

FLIPS = size(60, 3000)
IN_GAPS = size(60, 3000)


def gaps(pdf):
    """The places that no signature covers: containers, and which bytes of them are written."""
    found = []
    for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        _start, length, after, _rest = (int(number) for number in each.byte_range)
        found.append((length, after))
    return found


@pytest.mark.guard("G16")
def test_any_changed_byte_shows(trials):
    paper, chance = signed.signed_page(), random.Random(20261122)
    assert checking.verify(paper).sound, "an untouched paper is sound, or nothing below means anything"
    places = [chance.randrange(len(paper)) for _ in range(FLIPS)]
    places += [chance.randrange(*chance.choice(gaps(paper))) for _ in range(IN_GAPS)]
    unseen = []
    for place in places:
        changed = bytearray(paper)
        changed[place] ^= 1 << chance.randrange(8)
        trials(1)
        if checking.verify(bytes(changed)).sound:
            unseen.append(place)
    assert not unseen, f"changes that do not show: {unseen}"


@pytest.mark.guard("G16")
def test_digits_of_a_container_that_read_as_well_show(trials):
    """Valid digits in place of others: no parser stumbles, so only what is checked on purpose tells."""
    paper, chance, unseen = signed.signed_page(), random.Random(7), []
    for length, after in gaps(paper):
        for _ in range(size(25, 1500)):
            place = chance.randrange(length + 1, after - 1)
            digit = chance.choice([each for each in b"0123456789ABCDEFabcdef" if each != paper[place]])
            trials(1)
            if checking.verify(paper[:place] + bytes([digit]) + paper[place + 1 :]).sound:
                unseen.append(place)
    assert not unseen, f"changes that do not show: {unseen}"


@pytest.mark.guard("G16")
def test_every_bit_of_a_container_shows_written_as_it_should_be(trials):
    """Not the digits but what they say: lengths, versions, how the signer is named."""
    unseen = []
    for paper in (
        signed.signed_page(),
        pades.sign(signed.bare_page(), signed.credential(), signed.HOUSE, stamped=False),
    ):
        length, after = gaps(paper)[-1]
        content = bytes.fromhex(paper[length + 1 : after - 1].decode())
        said = cms.ContentInfo.load(content)["content"]
        carried, signature = said["certificates"].dump(), said["signer_infos"][0]["signature"].native
        end = content.index(signature) + len(signature)
        behind = [place for place in range(content.index(carried) + len(carried), end) if end - place > len(signature)]
        places = [*range(content.index(carried) + 8), *behind, end, end + 1]
        for place in places[:: size(9, 1)]:
            for bit in range(8) if size(False, True) else [(place * 3) % 8]:
                changed = bytearray(content)
                changed[place] ^= 1 << bit
                trials(1)
                if checking.verify(paper[: length + 1] + changed.hex().upper().encode() + paper[after - 1 :]).sound:
                    unseen.append((place, bit))
    assert not unseen, f"changes that do not show: {unseen}"


@pytest.mark.guard("G16")
@pytest.mark.parametrize("how", ["a length reaches into the filling", "a version", "how the signer is called"])
def test_a_container_that_says_the_same_in_other_words_shows(how, trials):
    paper = signed.signed_page()
    assert checking.verify(paper).sound
    length, after = gaps(paper)[-1]
    content = bytearray.fromhex(paper[length + 1 : after - 1].decode())
    said = cms.ContentInfo.load(bytes(content))["content"]
    if how == "a length reaches into the filling":
        content[3] += 2
    elif how == "a version":
        place = content.index(said["version"].dump() + said["digest_algorithms"].dump())
        assert content[place + 2] == 3
        content[place + 2] = 1
    else:
        carried, issuer = said["certificates"].dump(), said["signer_infos"][0]["sid"].chosen["issuer"].dump()
        place = content.index(issuer, content.index(carried) + len(carried)) + len(issuer) - 1
        assert bytes(content[place - 3 : place + 1]) == b"root"
        content[place] ^= 0x20
    trials(1)
    report = checking.verify(paper[: length + 1] + content.hex().upper().encode() + paper[after - 1 :])
    assert not report.sound


@pytest.mark.guard("G16")
def test_whatever_is_put_behind_shows(trials):
    paper = signed.signed_page()
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    writer.root["/Added"] = writer.add_object(writer.root["/Pages"])
    writer.update_root()
    updated = io.BytesIO()
    writer.write(updated)
    stamped = io.BytesIO()
    PdfTimeStamper(pades.stamper(), field_name="Another").timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(paper)), "sha256", output=stamped
    )
    signed_again = io.BytesIO()
    from pyhanko.sign import PdfSignatureMetadata, sign_pdf

    waiting = pades.sign(signed.bare_page(), signed.credential(), signed.HOUSE, stamped=False)
    sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(signed.bare_page())),
        PdfSignatureMetadata(field_name="Signature"),
        signed.credential().signer,
        output=signed_again,
    )
    followed = {
        "an update of the catalogue": updated.getvalue(),
        "a time-stamp by anybody": stamped.getvalue(),
        "a line": paper + b"\n",
        "a whole other paper": paper + signed.bare_page(),
        "something behind a paper that waits": waiting + b"%\n",
        "a signature without lists": signed_again.getvalue(),
        "less than all": paper[:-1],
    }
    seen = {name: checking.verify(data) for name, data in followed.items()}
    trials(len(followed))
    assert not [name for name, report in seen.items() if report.sound]
    assert seen["an update of the catalogue"].later and seen["a line"].later
