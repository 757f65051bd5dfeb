"""Asks of a platform as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from appraisal.platforms import telling
from appraisal.platforms.models import FastAsk
from appraisal.platforms.words import LABELS, NOTE
from kernel import clock
from kernel.tables import csv_line

MOST_ROWS = 20_000


def asks(rows: Iterable[FastAsk]) -> HttpResponse:
    """CSV, a line an ask, with the answer that counts."""
    header = [
        _("平台编号"), _("商品编号"), _("商品链接"), _("店铺"), _("品牌"), _("产品"), _("权利人"), _("状态"),
        _("提交时间"), _("承诺时间"), _("首次答复时间"), _("结论"), _("理由"), _("授权委托书"), _("说明"),
    ]  # fmt: skip
    text = "\ufeff" + csv_line(header) + "".join(csv_line(_line(row)) for row in rows)
    made = HttpResponse(text, content_type="text/csv; charset=utf-8")
    made["Content-Disposition"] = 'attachment; filename="fast-appraisals.csv"'
    made["Cache-Control"] = "no-store"
    return made


def _line(ask: FastAsk) -> list[str]:
    answer = telling.standing(ask)
    said = [str(LABELS[answer.value]), answer.reasons, answer.authorisation_number, str(NOTE)] if answer else [""] * 4
    return [
        ask.reference, ask.listing_id, ask.listing_url, ask.shop_name, ask.brand_name, ask.product_name,
        ask.holder.name, str(ask.get_state_display()), _moment(ask.asked_at), _moment(ask.due_at),
        _moment(ask.answered_at), *said,
    ]  # fmt: skip


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""
