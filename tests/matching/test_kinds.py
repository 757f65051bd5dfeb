"""How values are made comparable, kind by kind."""

import pytest

from federation.matching import kinds


@pytest.mark.parametrize(
    ("kind", "written", "compared"),
    [
        ("phone", "139 7710 0001", "13977100001"),
        ("phone", "＋８６　１３９-７７１０-０００１", "13977100001"),
        ("phone", "0086-13977100001", "13977100001"),
        ("phone", "013977100001", "13977100001"),
        ("phone", "（0771）5512345", "07715512345"),
        ("phone", "0771-5512345转801", "07715512345"),
        ("phone", "+86 771 551 2345", "07715512345"),
        ("phone", "5512345", None),  # of which city?
        ("phone", "139****0001", None),
        ("phone", "12345678901", None),
        ("uscc", "９１３５0100M000100Y43", "91350100M000100Y43"),
        ("uscc", "91350100M000100Y44", None),
        ("plate", "桂A·12O45", "桂A12045"),
        ("plate", "桂a 1I345", "桂A11345"),
        ("plate", "粤BD12345", "粤BD12345"),
        ("plate", "桂A1234", None),
        ("plate", "民族A12345", None),
        ("licence", "SC 1O645 O1030 0123", "SC10645010300123"),
        ("licence", "ＪＹ1450１030012345", "JY14501030012345"),
        ("licence", "许可证", None),
        ("account", "6222 0215 0102 0304 050", "6222021501020304050"),
        ("account", "微信：小店-好酒 88", "微信小店好酒88"),
        ("account", "abc", None),
        ("code", "l8-OB 7731", "180B7731"),
        ("code", "6901234567892", None),  # a barcode is on every genuine piece
        ("batch", "2026.01.05A", "20260105A"),
        ("batch", "00000", None),
        ("waybill", "sf 1234 5678 9012", "SF123456789012"),
        ("waybill", "12345", None),
        ("sender", "广州某某贸易有限公司", "广州某某贸易"),
        ("sender", "张三", None),
        ("sender", "张**的小店", None),
    ],
)
def test_what_is_written_differently_is_compared_alike(kind: str, written: str, compared: str | None) -> None:
    assert kinds.KINDS[kind].normalise(written) == compared


def test_numbers_that_everybody_calls_are_known_to_say_nothing() -> None:
    for number in ("95338", "4008001234", "11185", "12315", "96122", "10086"):
        assert kinds.phone(number) == number
        assert kinds.common("phone", number) == "service_number"
    assert kinds.common("phone", "13800000000") == "placeholder"
    assert kinds.common("phone", "13977100001") == ""


def test_a_page_shows_less_of_a_value_than_could_be_called() -> None:
    assert kinds.masked("phone", "13977100001") == "139••••0001"
    assert kinds.masked("plate", "桂A12045") == "桂A•••45"
    assert kinds.masked("batch", "A12") == "A••"
    for kind in kinds.KINDS:
        assert "••" in kinds.masked(kind, "1234567890")
