"""What a letter costs: typeset against a bare page, and whole, signed and time-stamped, against signing a bare page."""

from __future__ import annotations

import hashlib
import logging
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
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
from kernel import clock
from papers import authority, fonts
from runtime.bench import Result, Stage, bench
from runtime.messages import compile_messages

ROUNDS = 15
_SETTING = """#set page(paper: "a4")
#set text(font: "Noto Serif SC", size: 10.5pt, lang: "zh", region: "cn")
#set par(justify: true)
"""
_PARAGRAPHS, _LENGTH, _SIGNS = 13, 120, 400
"""Of a page that is full: paragraphs, signs in each, and of how many signs they are chosen."""


@bench("opinion_pdf")
def opinion_pdf(_stage: Stage) -> Result:
    """Each round sets another letter, for typst remembers what it set before; the same of the bare page."""
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    compile_messages()
    house = paper.Organisation("测速酒业有限公司", "91350100M000100Y43")
    made = authority.issue(name="林", organisation=house.name, uscc=house.uscc)
    credential = paper.from_pkcs12(made.pkcs12, made.passphrase)
    paper.sign(paper.typeset(_facts(0, house)), credential, house)  # typefaces and words are read once
    bare_pdf = _bare_page(0)
    set_s, bare_s, whole_s, signed_s = [], [], [], []
    for number in range(1, ROUNDS + 1):
        bare_s.append(_seconds(lambda number=number: _bare_page(number)))
        set_s.append(_seconds(lambda number=number: paper.typeset(_facts(number, house))))
        again = ROUNDS + number
        whole_s.append(_seconds(lambda again=again: paper.sign(paper.typeset(_facts(again, house)), credential, house)))
        signed_s.append(_seconds(lambda: paper.sign(bare_pdf, credential, house)))
    typesetting = statistics.median(set_s) / statistics.median(bare_s)
    whole = statistics.median(whole_s) / statistics.median(signed_s)
    return Result(
        n=ROUNDS,
        ratio=max(typesetting / 3, whole / 1.5),
        reference="the worse of two, each as a share of its bound: typesetting against typst on a full bare page (3);"
        " whole against pyhanko signing a bare page with the same time-stamps and validation data (1.5)",
        figures={
            "typesetting_ratio": typesetting,
            "whole_ratio": whole,
            "typeset_ms": statistics.median(set_s) * 1000,
            "bare_page_ms": statistics.median(bare_s) * 1000,
            "whole_ms": statistics.median(whole_s) * 1000,
            "sign_bare_ms": statistics.median(signed_s) * 1000,
            "letters_per_s": 1 / statistics.median(whole_s),
            "typeset_per_s": 1 / statistics.median(set_s),
        },
    )


def _seconds(work: Callable[[], object]) -> float:
    """Of one core: what else the machine does is not counted."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _bare_page(number: int) -> bytes:
    """A full page of text and nothing else: no table, no code, no attachment, no second language."""
    chance = random.Random(number)
    paragraphs = ("".join(chr(0x4E00 + chance.randrange(_SIGNS)) for _ in range(_LENGTH)) for _ in range(_PARAGRAPHS))
    source = _SETTING + "。\n\n".join(paragraphs)
    data = typst.Compiler(source.encode(), font_paths=fonts.fonts()).compile(format="pdf")
    assert isinstance(data, bytes)
    return data


def _facts(number: int, house: paper.Organisation) -> LetterFacts:
    day, moment = date(2026, 11, 20), clock.now()
    photos = tuple(
        PhotoFact(shot=shot, sha256=hashlib.sha256(f"{number} {shot}".encode()).hexdigest(), sm3="0" * 64)
        for shot in ("正面", "瓶盖", "喷码")
    )
    item = ItemFact(
        position=1,
        item_id=UUID(int=number),
        verdict_id=UUID(int=number),
        name="测速特曲 53度",
        claimed_brand="测速",
        spec="500ml",
        batch_no=f"L{number:08}",
        quantity="420",
        unit="瓶",
        nice_class=33,
        value="counterfeit",
        reasons="瓶盖喷码与正品不符。",
        seal_no="",
        photos=photos,
        findings=(Finding(feature="喷码", genuine="激光刻印", sample="油墨喷印", difference="工艺不同"),),
        price=PriceFact(amount_yuan="1499.00", unit="瓶", basis="guide_price", basis_text="价目表", as_of=day),
    )
    return LetterFacts(
        letter_id=UUID(int=number),
        number=f"测辨〔2026〕{number}号",
        version_no=1,
        supersedes_no="",
        supersedes_reason="",
        issued_on=day,
        holder=Holder(organisation_id=UUID(int=1), name=house.name, uscc=house.uscc, address="某市某路1号"),
        agent=None,
        trademarks=(
            TrademarkFact(name="测速", reg_no="1234567", nice_classes=(33,), valid_until=day, standing="in_force"),
        ),
        appraisers=(
            AppraiserFact(
                name="林",
                employee_no="7",
                employer=house.name,
                authorisation_no="1",
                authorisation_from=day,
                authorisation_until=day,
                nice_classes=(33,),
                territory=("*",),
            ),
        ),
        commission=CommissionFact(
            province_code="gx",
            unit_name="某市市场监督管理局",
            request_no="1",
            notice_no="某协辨〔2026〕7号",
            asked_on=day,
        ),
        examination=Examination(mode="photo", began_at=moment, ended_at=moment, place="某市某路1号"),
        items=(item,),
        remarks="",
        responsibility=str(words.RESPONSIBILITY),
        limits=tuple(words.LIMITS),
        annex_sha256="",
        check_code="K7QF-2M8X-TT3C",
        check_url=f"http://bench.localhost/check/?n={number}&c=K7QF-2M8X-TT3C",
        demonstration=True,
    )
