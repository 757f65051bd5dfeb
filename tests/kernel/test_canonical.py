"""The same value always gives the same bytes, and what has no single spelling is refused."""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.canonical import MAX_SAFE_INTEGER, NotCanonical, canonical_json, digests_of, sha256_hex, sm3_hex

scalars = (
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | st.text(st.characters(codec="utf-8"))
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(trees)
def test_canonical_bytes_are_json_that_reads_back_to_the_same_value(tree):
    written = canonical_json(tree)
    assert json.loads(written) == tree
    assert canonical_json(json.loads(written)) == written


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), scalars, min_size=2, max_size=8), st.randoms())
def test_the_order_in_which_keys_were_put_in_leaves_no_mark(mapping, random):
    keys = list(mapping)
    random.shuffle(keys)
    assert canonical_json({key: mapping[key] for key in keys}) == canonical_json(mapping)


def test_keys_are_sorted_by_utf16_units_as_rfc_8785_shows():
    # The order of RFC 8785, 3.2.3: U+1F600 comes before U+FB33, since its first unit is D83D.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical_json(dict.fromkeys(keys, 0)))
    assert list(written) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_text_is_escaped_as_rfc_8785_says():
    assert canonical_json('€$\u000f\nA\'B"\\\\"/\u007f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f"'.encode()


class Verdict(Enum):
    COUNTERFEIT = "counterfeit"


@dataclass(frozen=True)
class Line:
    item: UUID
    at: datetime
    verdict: Verdict


def test_records_moments_ids_and_choices_have_one_spelling():
    item = UUID("01A1FFC9-B8DE-7158-BBDB-1A14CAAAAF4B")
    noon = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=8)))
    expected = (
        b'{"at":"2026-11-21T04:00:00.000000Z","item":"01a1ffc9-b8de-7158-bbdb-1a14caaaaf4b","verdict":"counterfeit"}'
    )
    assert canonical_json(Line(item, noon, Verdict.COUNTERFEIT)) == expected
    assert canonical_json(Line(item, noon.astimezone(UTC), Verdict.COUNTERFEIT)) == expected
    assert canonical_json((date(2026, 11, 21), True, 1)) == b'["2026-11-21",true,1]'


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.5, "$"),
        ({"items": [{"price": Decimal("1.50")}]}, "$.items[0].price"),
        ({"n": MAX_SAFE_INTEGER + 1}, "$.n"),
        ([datetime(2026, 11, 21)], "$[0]"),
        ({1: "a"}, "$"),
        ({"a": {1, 2}}, "$.a"),
        (b"bytes", "$"),
        ("\ud800", "$"),
        (Line, "$"),
    ],
)
def test_a_value_without_one_spelling_is_refused_with_the_way_to_it(value, path):
    with pytest.raises(NotCanonical) as refused:
        canonical_json(value)
    assert refused.value.path == path


def test_both_digests_are_those_of_the_standards():
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    # GB/T 32905-2016, appendix A.1.
    assert sm3_hex(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.binary(max_size=5_000))
def test_one_pass_over_a_stream_gives_what_the_bytes_give(data):
    digests = digests_of(io.BytesIO(data))
    assert (digests.sha256, digests.sm3, digests.size_bytes) == (sha256_hex(data), sm3_hex(data), len(data))


def test_a_stream_longer_than_one_read_is_digested_whole():
    data = bytes(range(256)) * 12_289  # 3 MiB and a bit
    assert digests_of(io.BytesIO(data)).sha256 == hashlib.sha256(data).hexdigest()
