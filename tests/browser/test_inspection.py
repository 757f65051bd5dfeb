"""Two phones count one inspection, everyone is asked at once, a verdict arrives on the spot; the day is one page."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from harness import site
from harness.clicks import SEALED, live
from harness.house import House
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
PRODUCT = re.compile("岚壑春 青坛")


def fits(page: Page) -> None:
    """Nothing to scroll sideways, nothing an accessibility checker finds."""
    assert site.overflow(page) <= 0
    assert site.violations(page) == []


def counting(page: Page, address: str) -> None:
    page.goto(address + "count/")
    page.wait_for_selector("[data-count][data-ready=yes]")


def key(page: Page, *keys: str) -> None:
    for each in keys:
        page.locator(f'.dock [data-add="{each}"]').click()


def pad(page: Page, digits: str) -> None:
    """A count of the whole lot by the number pad."""
    page.locator("[data-role=pad]").click()
    for digit in digits:
        page.locator(f'[data-digit="{digit}"]').click()
    page.get_by_role("button", name="一共这么多").click()


def lot(page: Page, text: str) -> Page:
    return page.locator(".lot", has_text=text)


@pytest.fixture
def colleague(house: House, someone: Callable) -> Page:
    """小宁 on a phone of her own."""
    page = someone(service_workers="allow").new_page()
    page.goto(house.url("", "/demo/as/colleague/"))
    return page


def test_two_phones_count_one_inspection_and_everyone_is_asked_at_once(
    house: House, as_persona: Callable, colleague: Page, sample_photo: Callable[..., Path]
):
    chen, ning = as_persona("officer", fresh=True, service_workers="allow"), colleague

    # Opened with two taps and one field; the second officer comes in by the code on the first phone.
    chen.goto(house.url("gx", "/inspections/"))
    chen.get_by_role("link", name="开始检查").click()
    chen.locator("#id_place").fill("南湖市场 12 号铺")
    chen.get_by_role("button", name="开始", exact=True).click()
    chen.wait_for_url(re.compile(r"/inspections/[0-9a-f-]{36}/$"))
    address, number = chen.url, chen.locator(".top .title").inner_text()
    chen.get_by_role("button", name="出示加入码").click()
    code = chen.locator(".join-code").inner_text().replace(" ", "")
    ning.goto(house.url("gx", f"/inspections/join/?code={code}"))
    ning.get_by_role("button", name="加入", exact=True).click()
    ning.wait_for_url(address)
    chen.wait_for_url(address)
    expect(chen.locator("main")).to_contain_text("宁小北")
    fits(chen)

    # A lot in two taps and a few letters; the other phone has it by itself.
    counting(chen, address)
    counting(ning, address)
    live(ning)
    chen.get_by_role("button", name="加一批").click()
    chen.locator("#add-q").press_sequentially("lhc", delay=30)
    chen.get_by_role("button", name=PRODUCT).click()
    key(chen, "12", "12", "1", "-1")
    expect(lot(ning, "青坛").locator(".lot-number strong")).to_have_text("24")
    fits(chen)

    # 小宁 is without a signal for a while and goes on, even over a reload; 陈队长 counts the same shelf meanwhile.
    ning.context.set_offline(True)
    lot(ning, "青坛").click()
    pad(ning, "26")
    ning.get_by_role("button", name="加一批").click()
    ning.get_by_role("button", name="还不知道，先数").click()
    key(ning, "12", "1", "1")
    ning.locator("[data-role=facts]").click()
    ning.locator("#f-claimed_brand").fill("无名牌")
    ning.locator("#f-price_basis").select_option("labelled")
    ning.locator("#f-price").fill("120")
    ning.get_by_role("button", name="保存").click()
    expect(ning.locator("[data-role=sending]")).to_contain_text("没有信号")
    ning.locator('.dock [data-role="photo"]').set_input_files(sample_photo("front_label"))
    expect(ning.locator("#announce")).to_have_text(SEALED)
    ning.reload()
    expect(lot(ning, "无名牌").locator(".lot-number strong")).to_have_text("14")
    expect(lot(ning, "青坛").locator(".lot-number strong")).to_have_text("26")
    pad(chen, "25")
    expect(lot(chen, "无名牌")).to_have_count(0)

    # Back in reach: it sends by itself, both counts are kept and shown, and a person decides.
    ning.context.set_offline(False)
    expect(ning.locator("[data-count]")).to_have_attribute("data-unsent", "0")
    expect(lot(chen, "无名牌").locator(".lot-number strong")).to_have_text("14")
    expect(lot(chen, "无名牌")).to_contain_text("照片 1 张")
    expect(lot(chen, "青坛")).to_contain_text("两人数的不一致")
    fits(chen)
    chen.locator(".dock-differs").get_by_role("button", name=re.compile("小宁 数的 26")).click()
    expect(lot(ning, "青坛").locator(".lot-number strong")).to_have_text("26")
    chen.locator("[data-role=facts]").click()
    chen.locator("#f-price_basis").select_option("labelled")
    chen.locator("#f-price").fill("5769.23")
    chen.locator("[data-role=facts-dialog]").get_by_role("button", name="保存").click()
    expect(chen.locator("[data-role=value-total]")).to_have_text("151,679.98")
    expect(chen.locator("[data-role=value-chip]")).to_contain_text("未答的算上已达移送线")

    # Two of them differ.
    chen.locator("[data-role=split]").click()
    chen.locator("#split-number").fill("2")
    chen.locator("#split-why").fill("瓶盖颜色不同")
    chen.locator("[data-role=split-dialog]").get_by_role("button", name="拆分").click()
    expect(lot(ning, "青坛")).to_have_count(2)
    expect(chen.locator("[data-role=totals]")).to_contain_text("40 瓶")

    # Everybody at once; who is not enrolled is named.
    chen.goto(address + "ask/")
    expect(chen.locator("#ask")).to_contain_text("岚壑春酒业")
    expect(chen.locator("#ask .line", has_text="无名牌")).to_contain_text("未入驻")
    fits(chen)
    chen.get_by_role("button", name=re.compile("一次问清")).click()
    expect(chen.locator("#messages")).to_contain_text("已发给 1 家权利人")

    # 林工 is in the shop: she scans, her authority is checked, and answers with the bottle in her hand.
    chen.goto(address + "scan/")
    live(chen)
    link = chen.locator("[data-scene-link]").text_content()
    lin = as_persona("appraiser", width=360, fresh=True)
    expect(lin.locator("main")).to_be_visible()
    lin.goto(link)
    site.reload_until(lin.locator("article"))
    fits(lin)
    lin.get_by_role("button", name="我在现场").click()
    expect(chen.locator("#scan")).to_contain_text("已到场")
    expect(chen.locator("#scan")).to_contain_text("授权委托书")
    chen.goto(address + "ask/")
    live(chen)
    first = lin.locator("article").first
    first.locator("label", has_text="假冒").first.click()
    first.locator("textarea").fill("瓶盖喷码位置不对，标签纸张不同")
    first.get_by_role("button", name="发出这一批的结论").click()
    expect(lin.locator("#messages")).to_contain_text("已发出")
    expect(chen.locator("#ask")).to_contain_text("1 / 3 批已答")
    expect(lot(ning, "假冒")).to_have_count(1)

    # She puts her name to it on the glass; it stands beside the verdict.
    expect(chen.locator("#ask")).to_contain_text("未签名")
    for row in (-40, 0):
        site.drag(lin.locator("[data-signature] canvas"), (-90, row), (80, row + 40))
    fits(lin)
    lin.get_by_role("button", name="签名并发给执法人员").click()
    expect(lin.locator("#messages")).to_contain_text("已签名")
    expect(chen.locator("#ask")).to_contain_text("现场签名")

    # What is missing is named; the leader reads the day on one page and takes it along as a sheet.
    chen.goto(address + "close/")
    chen.get_by_role("button", name="结束检查").click()
    expect(chen.locator("#messages")).to_contain_text("还不能结束检查")
    fits(chen)
    wei = as_persona("leader", width=1440)
    wei.goto(house.url("gx", "/inspections/"))
    wei.get_by_role("link", name="今天一页").click()
    part = wei.locator(".part", has_text=number)
    expect(part).to_contain_text("无名牌")
    expect(part.locator("tr", has_text="假冒")).to_have_count(1)
    expect(part).to_contain_text("问了 3 批，答了 1 批")
    fits(wei)
    with wei.expect_download() as taken:
        wei.get_by_role("link", name="Excel").click()
    book = load_workbook(BytesIO(Path(taken.value.path()).read_bytes()))
    goods = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == number]
    rows = [row for row in goods if row[3] == "无名牌"]
    assert [(row[8], row[9], row[13]) for row in rows] == [(14, "瓶", 1680)]
