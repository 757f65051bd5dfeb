"""What a tenant has a fair share of, and how much until the office says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel.errors import Words

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing. window_s: what an amount is for; 0: it is told, and nothing is slowed for it.

    slowed: what happens over it, in a sentence. province, organisation: the amount for all of a kind. least: below it
    one ordinary call would never pass.
    """

    code: str
    title: Words
    unit: Words
    slowed: Words
    window_s: int
    province: int
    organisation: int
    least: int = 1
    shown_in: int = 1


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            code="exports",
            title=_("导出（每天）"),
            unit=_("次"),
            slowed=_("超过后排队，页面上写明大约要等多久。"),
            window_s=DAY_S,
            province=500,
            organisation=200,
        ),
        Kind(
            code="bulk_rows",
            title=_("批量写入（每小时）"),
            unit=_("行"),
            slowed=_("超过后接口答 429，Retry-After 写明要等多久。"),
            window_s=HOUR_S,
            province=50_000,
            organisation=20_000,
            least=1000,
        ),
        Kind(
            code="api_calls",
            title=_("接口调用合计（每分钟）"),
            unit=_("次"),
            slowed=_("超过后接口答 429，Retry-After 写明要等多久；现场鉴定的接口不计。"),
            window_s=MINUTE_S,
            province=6_000,
            organisation=3_000,
            least=60,
        ),
        Kind(
            code="storage_bytes",
            title=_("存储"),
            unit="GB",
            slowed=_("只提示，不停用。"),
            window_s=0,
            province=5_000_000_000_000,
            organisation=500_000_000_000,
            least=1_000_000_000,
            shown_in=1_000_000_000,
        ),
    )
}
