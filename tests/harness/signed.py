"""Facts of a letter, a signer of the development authority, and a small PDF, for tests and benches."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import typst

from appraisal.issuing import paper, words
from appraisal.issuing.facts import (
    AppraiserFact,
    CommissionFact,
    Examination,
    Finding,
    Holder,
    ItemFact,
    LetterFacts,
    PhotoFact,
    PriceFact,
    TrademarkFact,
)
from papers import authority, fonts

HOUSE = paper.Organisation("岚河酒业股份有限公司", "91450100MA5K000001")


@lru_cache(maxsize=1)
def credential() -> paper.Credential:
    """林工's, of the house."""
    made = authority.issue(name="林工", organisation=HOUSE.name, uscc=HOUSE.uscc)
    return paper.from_pkcs12(made.pkcs12, made.passphrase)


@lru_cache(maxsize=1)
def bare_page() -> bytes:
    """One page with one line."""
    data = typst.Compiler(b'#set page(paper: "a4")\nA bare page.', font_paths=fonts.fonts()).compile(format="pdf")
    assert isinstance(data, bytes)
    return data


@lru_cache(maxsize=1)
def signed_page() -> bytes:
    """The same, signed with time-stamps."""
    return paper.sign(bare_page(), credential(), HOUSE)


def item(position: int = 1, **changed: Any) -> ItemFact:
    """One kind of goods with three photos and a ground."""
    photos = tuple(
        PhotoFact(shot=shot, sha256=hashlib.sha256(f"{position} {shot}".encode()).hexdigest(), sm3="0" * 64)
        for shot in ("正面", "瓶盖", "喷码")
    )
    finding = Finding(feature="喷码", genuine="激光刻印，深浅一致", sample="油墨喷印，可擦除", difference="工艺不同")
    given: dict[str, Any] = {
        "position": position,
        "item_id": UUID(int=position),
        "verdict_id": UUID(int=1000 + position),
        "name": "岚河特曲 53度",
        "claimed_brand": "岚河",
        "spec": "500ml",
        "batch_no": f"L2026{position:04}",
        "quantity": "420",
        "unit": "瓶",
        "nice_class": 33,
        "value": "counterfeit",
        "reasons": "瓶盖喷码与正品不符。",
        "seal_no": "",
        "photos": photos,
        "findings": (finding,),
        "price": PriceFact(
            amount_yuan="1499.00", unit="瓶", basis="guide_price", basis_text="年度价目表", as_of=date(2026, 1, 1)
        ),
    }
    return ItemFact(**{**given, **changed})


def facts(**changed: Any) -> LetterFacts:
    """A whole letter of the house."""
    given: dict[str, Any] = {
        "letter_id": UUID(int=9),
        "number": "岚河辨〔2026〕15号",
        "version_no": 1,
        "supersedes_no": "",
        "supersedes_reason": "",
        "issued_on": date(2026, 11, 20),
        "holder": Holder(organisation_id=UUID(int=5), name=HOUSE.name, uscc=HOUSE.uscc, address="某省某市酒厂路1号"),
        "agent": None,
        "trademarks": (
            TrademarkFact(
                name="岚河", reg_no="1234567", nice_classes=(33,), valid_until=date(2030, 5, 1), standing="in_force"
            ),
        ),
        "appraisers": (
            AppraiserFact(
                name="林工",
                employee_no="LH-007",
                employer=HOUSE.name,
                authorisation_no="岚授〔2026〕3号",
                authorisation_from=date(2026, 1, 1),
                authorisation_until=date(2027, 12, 31),
                nice_classes=(33,),
                territory=("450000",),
            ),
        ),
        "commission": CommissionFact(
            province_code="gx",
            unit_name="南宁市青秀区市场监督管理局",
            request_no="GX-20261119-0007",
            notice_no="桂南青市监协辨〔2026〕7号",
            asked_on=date(2026, 11, 19),
        ),
        "examination": Examination(
            mode="photo",
            began_at=datetime(2026, 11, 19, 3, tzinfo=UTC),
            ended_at=datetime(2026, 11, 19, 4, tzinfo=UTC),
            place="某省某市酒厂路1号",
        ),
        "items": (item(),),
        "remarks": "",
        "responsibility": str(words.RESPONSIBILITY),
        "limits": tuple(words.LIMITS),
        "annex_sha256": "",
        "check_code": "K7QF-2M8X-TT3C",
        "check_url": "http://testhost/check/?n=1&c=K7QF-2M8X-TT3C",
        "demonstration": True,
    }
    return LetterFacts(**{**given, **changed})
