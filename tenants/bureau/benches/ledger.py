"""A filtered, sorted page of the ledger at a hundred thousand clues against the same at a thousand; then an export.

Two provinces hold the two sizes, so both are asked turn by turn in one process by the same code: from the request to
the last byte of the page, as a dispatcher who sees them all. Rows are made by SQL, spread like real ones over units,
states, sources, divisions and two years.
"""

from __future__ import annotations

import resource
import statistics
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Post, Unit, User
from kernel import clock
from provinces import context
from runtime.bench import Result, Stage, bench, median_ms
from runtime.messages import compile_messages
from tenants.bureau.benches.crowd.past import lifted
from tenants.clues.ledger import asked as asking
from tenants.clues.models import ClueExport
from tenants.clues.services import exports

SMALL, LARGE = 1_000, 100_000
EXPORTED = LARGE // 5
"""Clues that have ended: every fifth."""
ROUNDS, WARM = 5, 1
SLICE = 20_000
PAGES = (
    ("newest", "state=open"),
    ("due", "state=open&sort=due&source=hotline_12315"),
    ("unit", "state=verifying&unit={unit}&sort=-registered"),
    ("value", "state=all&violation=food_safety&sort=-value"),
    ("text", "state=all&q=烟酒&sort=-registered"),
    ("page_12", "state=all&channel=offline&page=12"),
)
UNITS = 40
_FILL = """
INSERT INTO {code}.clues_clue (
  id, number, state, registered_at, registered_name, desk_unit_id, holder_unit_id, source_kind, source_name,
  subject_kind, subject_name, subject_code, subject_phone, subject_account, address_raw, place_role,
  division_code, division_level,
  division_confidence, division_method, division_why, title, content, channel, chain_stage, area_tags, violations,
  estimated_value, priority, priority_why, secrecy, verify_by, verify_by_provisional, due_at, proposal, out_of_province,
  result, outcome, ended_at, ending_words, outside_number)
SELECT
  ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '测线索〔2026〕' || n || '号', s.state,
  now() - (n %% 700) * interval '1 day' - (n %% 1440) * interval '1 minute', '某', %(top)s,
  (%(units)s::uuid[])[1 + (n / 5) %% %(many)s],
  (ARRAY['officer','station','brand','hotline_12315','monitoring','grid'])[1 + n %% 6], '', 'shop',
  (ARRAY['城东','北湖','民生','万福','好又多'])[1 + n %% 5] || (ARRAY['烟酒店','商行','超市','便利店'])[1 + n %% 4]
    || n %% 977,
  '', '', '', '南宁市青秀区民族大道 ' || n || ' 号', '', (ARRAY['450103','450107','450105',''])[1 + n %% 4], 'county',
  0.9, 'full',
  '{{}}', '举报第 ' || n || ' 家店卖假酒', repeat('有人在店里卖假酒，价格低于市价一半。', 5),
  (ARRAY['offline','online','both'])[1 + n %% 3], '', ARRAY[]::varchar[],
  ARRAY[(ARRAY['counterfeit_trademark','fake_shoddy','food_safety'])[1 + n %% 3]]::varchar[],
  n %% 5000, (ARRAY['normal','normal','raised','urgent'])[1 + n %% 4], '', 'ordinary',
  current_date + (n %% 40 - 10), false, now() + (n %% 40 - 10) * interval '1 day', '{{}}', '{{}}',
  '', CASE WHEN s.state = 'ended' THEN 'closed' ELSE '' END, CASE WHEN s.state = 'ended' THEN now() END, '', ''
FROM generate_series(%(first)s, %(last)s) n,
LATERAL (SELECT (ARRAY['registered','screened','dispatched','verifying','ended'])[1 + n %% 5] AS state) s
"""
_BESIDE = """
INSERT INTO {code}.clues_cluesource (id, clue_id, kind, name, ref, link, party, record_kind, record_id, at)
SELECT gen_random_uuid(), id, source_kind, '来源', number, '', '', '', '', registered_at FROM {code}.clues_clue;
INSERT INTO {code}.clues_clueproduct (id, clue_id, brand_name, product_name, code)
SELECT gen_random_uuid(), id, '岚壑春', '陈酿', '' FROM {code}.clues_clue;
"""


@dataclass
class Desk:
    """A province with so many clues, and its dispatcher signed in."""

    client: Client
    unit: Unit
    person: User

    def page(self, query: str) -> float:
        """Seconds for one page."""
        began = time.perf_counter()
        answer = self.client.get("/clues/?" + query.format(unit=self.unit.pk))
        spent = time.perf_counter() - began
        if answer.status_code != 200 or b"data-key-row" not in answer.content:
            raise RuntimeError(f"the ledger did not show its rows: {answer.status_code} for {query}")
        return spent


def _desk(code: str, rows: int) -> Desk:
    with context.province(code):
        top = Unit.objects.create(
            code=f"{code}-0", name="省局", kind=Unit.Kind.PROVINCIAL_BUREAU, division_code="450000", agency_word="测"
        )
        units = [
            Unit.objects.create(code=f"{code}-{n}", name=f"第{n}局", kind=Unit.Kind.COUNTY_BUREAU, parent=top,
                                division_code="450103")
            for n in range(1, UNITS + 1)
        ]  # fmt: skip
        person = User.objects.create_user("bench", name="测某", unit=top)
        Post.objects.create(user=person, unit=top, role=Post.Role.DISPATCHER)
    with context.owner(), connection.cursor() as cursor:
        said = {"top": top.pk, "units": [str(each.pk) for each in units], "many": UNITS}
        with lifted(cursor, [f"{code}.clues_clue"]):
            for first in range(1, rows + 1, SLICE):
                cursor.execute(_FILL.format(code=code), {**said, "first": first, "last": min(first + SLICE - 1, rows)})
            for statement in _BESIDE.format(code=code).split(";")[:2]:
                cursor.execute(statement)
        cursor.execute(f"ANALYZE {code}.clues_clue")
    return Desk(_signed_in(code, person), units[0], person)


def _signed_in(code: str, person: User) -> Client:
    host = f"{code}.{settings.DOMAIN_NAME}"
    client = Client(HTTP_HOST=host, SERVER_NAME=host)
    with context.province(code):
        client.force_login(person)
    return client


@bench("ledger")
def ledger(stage: Stage) -> Result:
    """Turn by turn, the worst of the pages counts; then those that ended into a workbook."""
    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    few, many = stage.open_provinces(2)
    small, large = _desk(few, SMALL), _desk(many, LARGE)
    ratios: dict[str, float] = {}
    figures: dict[str, float | int | str] = {}
    for name, query in PAGES:
        times: dict[str, list[float]] = {"small": [], "large": []}
        for turn in range(ROUNDS + WARM):
            for key, desk in (("small", small), ("large", large)):
                spent = desk.page(query.replace("&page=12", "") if key == "small" else query)
                if turn >= WARM:
                    times[key].append(spent)
        ratios[name] = statistics.median(times["large"]) / statistics.median(times["small"])
        figures |= {f"{name}_ms": median_ms(times["large"]), f"{name}_ratio": ratios[name]}
    figures |= _export(many, large)
    return Result(
        n=ROUNDS * len(PAGES),
        ratio=max(ratios.values()),
        reference=f"the same page of 50 at {SMALL} clues; at {LARGE}, the slowest of {len(PAGES)} filters",
        figures=figures,
    )


def _export(code: str, desk: Desk) -> dict[str, float | int | str]:
    """All ended clues, a fifth, into a workbook; memory is the highest of the process before and after."""
    with context.province(code):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        row = ClueExport.objects.create(
            form="xlsx", by=desk.person, query=asking.Asked(state=("ended",)).query, at=clock.now()
        )
        began = time.perf_counter()
        done = exports.run(row.pk)
        spent = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if done.total != EXPORTED:
        raise RuntimeError(f"the export holds {done.total} clues of {EXPORTED}")
    return {
        "export_s": spent,
        "export_rows": done.total,
        "export_mb": done.size_bytes / 1e6,
        "export_memory_growth_mb": (after - before) / 1024,
        "peak_memory_mb": after / 1024,
    }
