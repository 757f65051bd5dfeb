"""Document numbers (文号): gapless in each series, never given twice, void ones kept in sight.

Form: agency word, kind word, year in full-width brackets, serial: 桂市监协查〔2026〕12号.
Source: 党政机关公文处理工作条例 art. 9 (agency word, year, serial).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import connections, models, router
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext_lazy as _

from audit.models import IssuedNumber, NumberSeries
from audit.move import move
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, NotFound404
from kernel.ids import uuid7


def issue(agency_word: str, kind_word: str, *, year: int | None = None) -> str:
    """The next document number of a series, such as `桂市监协查〔2026〕12号`.

    Take it last in the transaction, when the document is issued and not when it is drafted: the series stays
    locked until commit, and a roll-back gives the number back. `year` is the one in China now unless given.
    Raises TransactionManagementError outside a transaction, BadInput if a word is empty.
    """
    return issue_many([(agency_word, kind_word)], year=year)[0]


def issue_many(series: Iterable[tuple[str, str]], *, year: int | None = None) -> list[str]:
    """One number for each (agency word, kind word), in the order asked.

    The series are locked in sorted order, so that two of these at once never wait for each other.
    """
    wanted = [(agency.strip(), kind.strip()) for agency, kind in series]
    if not all(agency and kind for agency, kind in wanted):
        raise BadInput(
            _("发文单位没有机关代字，或文种没有代字，不能编号。请管理员先在单位信息中填写。"),
            code="number_words_missing",
        )
    using = router.db_for_write(NumberSeries)
    if not connections[using].in_atomic_block:
        raise TransactionManagementError("a document number is taken inside the transaction that issues the document")
    year = year or clock.today().year
    ends = {key: _advance(using, *key, year, count) for key, count in sorted(Counter(wanted).items())}
    given: Counter[tuple[str, str]] = Counter()
    totals = Counter(wanted)
    numbers = []
    for key in wanted:
        given[key] += 1
        serial = ends[key] - totals[key] + given[key]
        agency_word, kind_word = key
        numbers.append(
            IssuedNumber(
                document_no=f"{agency_word}{kind_word}〔{year}〕{serial}号",
                agency_word=agency_word,
                kind_word=kind_word,
                year=year,
                serial=serial,
            )
        )
    IssuedNumber.objects.using(using).bulk_create(numbers)
    return [number.document_no for number in numbers]


def void(document_no: str, why: str, by: Person) -> IssuedNumber:
    """Mark a number as void, with the reason. It stays listed and is not given again.

    Raises NotFound404, BadInput `void_reason_missing`, MoveRefused if it is void already.
    """
    if not why.strip():
        raise BadInput(_("作废文号要写明原因。请填写原因后再提交。"), code="void_reason_missing")
    number = IssuedNumber.objects.filter(document_no=document_no).first()
    if number is None:
        raise NotFound404(document_no=document_no)
    return move(number, "void", by=by, why=why, void_reason=why)


def in_series(agency_word: str, kind_word: str, year: int) -> models.QuerySet[IssuedNumber]:
    """Every number of a series in order, void ones too."""
    return IssuedNumber.objects.filter(agency_word=agency_word, kind_word=kind_word, year=year)


def _advance(using: str, agency_word: str, kind_word: str, year: int, count: int) -> int:
    """Count a series on by `count` and give the new last serial. The row stays locked until commit."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_numberseries AS series (id, agency_word, kind_word, year, last) "
            "VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (agency_word, kind_word, year) DO UPDATE SET last = series.last + excluded.last "
            "RETURNING last",
            [uuid7(), agency_word, kind_word, year, count],
        )
        last: int = cursor.fetchone()[0]
    return last
