"""Codes are normalised and checked, and a letter is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import gtin, uscc
from kernel.errors import BadInput
from kernel.text import full_pinyin, half_width, initials

RIGHT = "91350100M000100Y43"


@pytest.mark.parametrize(
    "typed", [RIGHT, RIGHT.lower(), "９１３５０１００Ｍ０００１００Ｙ４３", " 91350100 M000100Y\u00a04\u200b3\n"]
)
def test_case_width_and_spaces_are_put_right(typed):
    assert uscc.parse(typed) == RIGHT


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("91350100M000100Y4Z", "uscc_character"),
        ("9135O100M000100Y43", "uscc_character"),
        ("91350100M000I00Y43", "uscc_character"),
        ("91350100M000100Y44", "uscc_check"),
        ("91350100M000100Y4", "uscc_length"),
        ("", "uscc_length"),
        ("450100000012345", "uscc_old_number"),
        ("9135٠100M000100Y43", "uscc_character"),
    ],
)
def test_each_fault_of_a_uscc_is_named(typed, code):
    with pytest.raises(BadInput) as refused:
        uscc.parse(typed)
    assert refused.value.code == code


def test_a_letter_o_is_told_by_place_and_not_turned_into_a_zero():
    with pytest.raises(BadInput) as refused:
        uscc.parse("9135o100m000100y43")
    assert (refused.value.data["character"], refused.value.data["position"]) == ("O", 5)
    assert uscc.normalise("9135o100m000100y43") == "9135O100M000100Y43"


@given(st.text(uscc.ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_of_a_uscc_never_passes(body, place, other):
    right = body + uscc.check_character(body)
    assert uscc.is_valid(right)
    wrong = right[:place] + other + right[place + 1 :]
    assert uscc.is_valid(wrong) == (wrong == right)


@given(
    st.sampled_from(gtin.LENGTHS).flatmap(lambda n: st.text("0123456789", min_size=n - 1, max_size=n - 1)), st.data()
)
def test_one_wrong_digit_of_a_gtin_never_passes(body, data):
    right = body + gtin.check_digit(body)
    assert gtin.parse(right) == right
    place = data.draw(st.integers(0, len(body) - 1))
    wrong = right[:place] + str((int(right[place]) + data.draw(st.integers(1, 9))) % 10) + right[place + 1 :]
    assert not gtin.is_valid(wrong)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("69012345678X2", "gtin_digits"), ("690123456789", "gtin_check"), ("6901234", "gtin_length"), ("", "gtin_digits")],
)
def test_each_fault_of_a_gtin_is_named(typed, code):
    with pytest.raises(BadInput) as refused:
        gtin.parse(typed)
    assert refused.value.code == code


def test_upc_and_ean_of_one_product_are_equal_as_gtin14():
    assert gtin.as_gtin14("036000291452") == gtin.as_gtin14("0036000291452") == "00036000291452"


def test_pinyin_initials_find_what_two_letters_mean():
    assert initials("茅台") == "mt"
    assert initials("重庆火锅底料 500克") == "cqhgdl500k"
    assert full_pinyin("广西绿茶") == "guangxilvcha"


def test_half_width_moves_signs_and_leaves_brackets_of_document_numbers():
    assert half_width("ＡＢ１２－（甲）　〔2026〕。") == "AB12-(甲) 〔2026〕。"
