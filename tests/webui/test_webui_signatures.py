"""What a page sends as a signature is taken only whole, and only over what was shown."""

import base64
import hashlib

import pytest

from kernel.canonical import canonical_json
from kernel.errors import BadInput
from webui import signatures

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x80\x00\x00\x01\x40\x08\x06\x00\x00\x00" + b"\x00" * 16
PAPER = hashlib.sha256(b"record of the site").hexdigest()


def sent(**changes):
    record = {
        "v": 1,
        "signs": PAPER,
        "began": "2026-11-21T08:00:00Z",
        "width": 3200,
        "height": 1760,
        "strokes": [[[10 * n, 20 * n, 8 * n, 500] for n in range(12)]],
    } | changes.pop("record", {})
    text = canonical_json(record).decode()
    fields = {
        "party_png": "data:image/png;base64," + base64.b64encode(PNG).decode(),
        "party_strokes": text,
        "party_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    return fields | changes


def test_a_whole_signature_is_read_with_its_digests():
    signed = signatures.read(sent(), "party", signs=PAPER)
    assert (signed.png, signed.points, signed.signs) == (PNG, 12, PAPER)
    assert signed.record_sha256 == hashlib.sha256(signed.record).hexdigest()


def test_nobody_signed_is_no_signature_and_no_error():
    assert signatures.read({}, "party") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"party_png": "data:image/svg+xml;base64,AAAA"},
        {"party_png": "data:image/png;base64,!!!"},
        {"party_png": "data:image/png;base64," + base64.b64encode(b"GIF89a" + PNG).decode()},
        {"party_sha256": "0" * 64},
        {"party_strokes": "[" * 5000},
        {"party_strokes": "{ }"},
        {"party_strokes": "", "party_sha256": ""},
        {"record": {"strokes": [[[1, 2, 3, 4]]]}},
        {"record": {"strokes": [[[1, 2, 3, "4"]] * 20]}},
        {"record": {"strokes": {"0": []}}},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_a_spoilt_signature_is_refused_with_what_to_do(changes):
    with pytest.raises(BadInput) as refused:
        signatures.read(sent(**changes), "party")
    assert refused.value.code == "signature_unreadable"


def test_a_signature_over_another_text_does_not_count_for_this_one():
    with pytest.raises(BadInput) as refused:
        signatures.read(sent(), "party", signs=hashlib.sha256(b"another").hexdigest())
    assert refused.value.code == "signature_of_another"
