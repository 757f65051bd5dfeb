"""Requests of the last two years, by SQL: what officers asked, what the desk answered, the letters between them.

Stored ones are history. What is open and what was answered today is the same for every size, as it is in life: a
province that keeps a million answered requests has no more of them waiting this morning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg2

from runtime.bench import say

RECENT = 60
"""Requests of the last day in each province: a third open, the others answered."""
SLICE = 50_000
MANY_ROWS = 100_000
"""So many together are stored without indexes, which are made afterwards."""
_ID = """
CREATE OR REPLACE FUNCTION pg_temp.uid(at timestamptz, kind int, prov int, n bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
  || lpad(to_hex(kind), 3, '0') || '8' || lpad(to_hex(prov), 3, '0') || lpad(to_hex(n), 12, '0'))::uuid $$
"""
# One row a request: its number n, its moments, who asked, whether it is open.
_ASKED = """
CREATE TEMP TABLE asked AS
SELECT n, at, at + interval '9 minutes' AS answered_at,
  pg_temp.uid(at, 1, %(prov)s, n) AS site, pg_temp.uid(at, 2, %(prov)s, n) AS request,
  pg_temp.uid(at, 3, %(prov)s, n) AS item, pg_temp.uid(at, 4, %(prov)s, n) AS opinion,
  pg_temp.uid(at, 5, %(prov)s, n) AS verdict, pg_temp.uid(at, 6, %(prov)s, n) AS asking,
  pg_temp.uid(at, 7, %(prov)s, n) AS answering, pg_temp.uid(at, 8, %(prov)s, n) AS task,
  (%(officers)s::uuid[])[1 + n %% array_length(%(officers)s::uuid[], 1)] AS officer,
  (%(units)s::uuid[])[1 + n %% array_length(%(units)s::uuid[], 1)] AS unit,
  1 + n %% array_length(%(houses)s::uuid[], 1) AS house,
  %(open)s AND n %% 3 = 0 AS is_open,
  (ARRAY['城东','北湖','民生','万福','好又多'])[1 + n %% 5]
    || (ARRAY['烟酒店','商行','超市','便利店'])[1 + n %% 4] AS shop,
  '〔2026〕' || %(prov)s || '-' || n || '号' AS number
FROM (SELECT n, %(from)s::timestamptz + (n - %(first)s) * ((%(to)s::timestamptz - %(from)s::timestamptz)
      / greatest(1, %(last)s - %(first)s + 1)) AS at FROM generate_series(%(first)s, %(last)s) n) s
"""
_ROWS = """
INSERT INTO {code}.requests_site (id, unit_id, opened_by_id, opened_at, place, county_code)
SELECT site, unit, officer, at, shop, '450103' FROM asked;
INSERT INTO {code}.requests_appraisalrequest (id, number, site_id, unit_id, officer_id, organisation_id,
  organisation_name, brand_name, state, question, urgent, created_at, sent_at, claimed_at, answered_at, due_at,
  claimed_by_name, phase, waiting_s,
  brand_s, officer_s, wall_minutes, office_minutes, search_text)
SELECT request, '测' || number, site, unit, officer, (%(houses)s::uuid[])[house], '测速酒业', '测速' || house,
  CASE WHEN is_open THEN 'sent' ELSE 'answered' END, '', false, at, at, CASE WHEN NOT is_open THEN at END,
  CASE WHEN NOT is_open THEN answered_at END, at + interval '30 minutes', '林',
  CASE WHEN is_open THEN 'waiting' ELSE '' END,
  60, 400, 0, CASE WHEN NOT is_open THEN 9 END, CASE WHEN NOT is_open THEN 9 END,
  concat_ws(chr(10), '测' || number, '测速' || house, shop, '陈酿' || n %% 40) FROM asked;
INSERT INTO {code}.requests_requestitem (id, request_id, position, product_id, product_name, claimed_brand, category,
  shot_list_version, shot_list, quantity_unit, package_state, waybill_no, batch_no, barcode, stood_where, violation,
  infringed_right)
SELECT item, request, 1, (%(products)s::uuid[])[house], '陈酿' || n %% 40, '测速' || house, 'bench', 1, '[]',
  '', '', '',
  '', '', '', '', '' FROM asked;
INSERT INTO {code}.requests_opinion (id, request_id, letter_id, given_at, received_at, appraiser_name, authority,
  on_site, late)
SELECT opinion, request, answering, answered_at, answered_at, '林', '{{}}', false, false FROM asked WHERE NOT is_open;
INSERT INTO {code}.requests_verdict (id, opinion_id, item_id, value, reasons, checkpoints, marks, infringed_right)
SELECT verdict, opinion, item, CASE n %% 3 WHEN 0 THEN 'genuine' ELSE 'counterfeit' END, '瓶盖与真品不符。',
  '[]', '[]', ''
FROM asked WHERE NOT is_open;
INSERT INTO {code}.requests_line (id, request_id, kind, side, who, text, data, at)
SELECT pg_temp.uid(at, 9, %(prov)s, n), request, 'sent', 'bureau', '陈', '', '{{}}'::jsonb, at FROM asked
UNION ALL
SELECT pg_temp.uid(at, 10, %(prov)s, n), request, 'verdict', 'brand', '林', '', '{{}}'::jsonb, answered_at FROM asked
WHERE NOT is_open;
INSERT INTO public.desk_desktask (id, organisation_id, province_code, request_id, request_no, thread, letter_id, state,
  county_code, unit_name, officer_name, officer_title, officer_cert_no, question, urgent, sent_at, arrived_at, due_at,
  claimed_by_id, claimed_at, answered_at, rung_rank, search_text)
SELECT task, (%(houses)s::uuid[])[house], '{code}', request, '测' || number, request, asking,
  CASE WHEN is_open THEN 'waiting' ELSE 'answered' END, '450103', '第' || n %% 10 || '局', '陈', '', '', '', false,
  at, at,
  at + interval '30 minutes', CASE WHEN NOT is_open THEN (%(appraisers)s::uuid[])[house] END,
  CASE WHEN NOT is_open THEN at END, CASE WHEN NOT is_open THEN answered_at END, 9,
  concat_ws(chr(10), '测' || number, '第' || n %% 10 || '局', '陈酿' || n %% 40) FROM asked;
INSERT INTO public.desk_deskitem (id, task_id, item_id, position, product_id, product_name, claimed_brand,
  shot_list_version, quantity_unit, package_state, waybill_no, batch_no, absent)
SELECT pg_temp.uid(at, 11, %(prov)s, n), task, item, 1, (%(products)s::uuid[])[house], '陈酿' || n %% 40,
  '测速' || house, 1, '', '', '', '', '[]' FROM asked;
INSERT INTO public.desk_deskopinion (id, task_id, given_by_id, given_at, authority, on_site)
SELECT opinion, task, (%(appraisers)s::uuid[])[house], answered_at, '{{}}', false FROM asked WHERE NOT is_open;
INSERT INTO public.desk_deskverdict (id, opinion_id, item_id, value, reasons, checkpoints, secret_checkpoints, marks,
  infringed_right)
SELECT verdict, opinion, pg_temp.uid(at, 11, %(prov)s, n), CASE n %% 3 WHEN 0 THEN 'genuine' ELSE 'counterfeit' END,
  '瓶盖与真品不符。', '[]', '[]', '[]', '' FROM asked WHERE NOT is_open;
CREATE TEMP TABLE sent AS
SELECT asking AS id, 'appraisal.commission' AS kind, 'province:{code}' AS sender, '{code}' AS sender_seat,
  'organisation:' || (%(houses)s::uuid[])[house] AS addressee, 'brands' AS addressee_seat, request, at, n FROM asked
UNION ALL
SELECT answering, 'appraisal.opinion', 'organisation:' || (%(houses)s::uuid[])[house], 'brands', 'province:{code}',
  '{code}', request, answered_at, n FROM asked WHERE NOT is_open;
INSERT INTO public.letters_letter (id, kind, version, sender, sender_seat, seats, thread, document_no, purpose,
  handling,
  written_at, body_sha256, body_sm3, manifest_sha256, attachments, attachments_size_bytes)
SELECT id, kind, 1, sender, sender_seat, ARRAY[sender_seat, addressee_seat], request, '', '', 'internal', at,
  '', '', '', 0, 0 FROM sent;
INSERT INTO public.letters_letterbody (letter_id, seats, body, manifest, by_name)
SELECT id, ARRAY[sender_seat, addressee_seat], '{{}}', '[]', '陈' FROM sent;
INSERT INTO public.letters_delivery (id, letter_id, thread, sender, sender_seat, addressee, addressee_seat, sequence,
  state, due_provisional, tries, next_try_at, failure_code, delivered_at, return_reason, received_digest)
SELECT id, id, request, sender, sender_seat, addressee, addressee_seat, 1, 'delivered', false, 1, at, '', at, '', ''
FROM sent;
INSERT INTO public.letters_ledgerentry (letter_id, party, party_seat, position, previous_hash, body_sha256,
  manifest_sha256, entry_hash, appended_at)
SELECT id, sender, sender_seat, 1000000 * %(prov)s + n + CASE sender_seat WHEN 'brands' THEN 500000000 ELSE 0 END,
  '', '', '', '', at FROM sent;
DROP TABLE sent;
DROP TABLE asked
"""


@dataclass(frozen=True)
class Cast:
    """Who occurs in the stored rows of a province, by id. houses, products, appraisers: one of each at a place."""

    number: int
    code: str
    officers: list[UUID]
    units: list[UUID]
    houses: list[UUID]
    products: list[UUID]
    appraisers: list[UUID]


def store(superuser_url: str, database: str, casts: list[Cast], *, up_to: int, stored: int = 0) -> None:
    """Bring the provinces together to `up_to` stored requests, of which `stored` are there. Ends with ANALYZE.

    Foreign keys are not asked: the rows are made to fit, and a million of them would take a quarter of an hour.
    """
    opened = psycopg2.connect(superuser_url, dbname=database)
    opened.autocommit = True
    try:
        with opened.cursor() as cursor:
            cursor.execute(
                "SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB';"
                " SET maintenance_work_mem = '1GB'"
            )
            cursor.execute("SET search_path = public")
            cursor.execute(_ID)
            had, wanted = stored // len(casts), up_to // len(casts)
            filled = list(dict.fromkeys(name for cast in casts for name in _filled(cast.code)))
            with lifted(cursor, filled if up_to - stored >= MANY_ROWS else []):
                for cast in casts:
                    if not stored:
                        _add(cursor, cast, 1, RECENT, "1 day", "0", is_open=True)
                    for first in range(RECENT + had + 1, RECENT + wanted + 1, SLICE):
                        last = min(first + SLICE - 1, RECENT + wanted)
                        _add(cursor, cast, first, last, "730 days", "2 days", is_open=False)
                        say(f"{cast.code}: {last - RECENT} of {wanted} requests stored")
                say(f"indexes of {len(filled)} tables")
            cursor.execute(f"VACUUM ANALYZE {', '.join(filled)}")
            say("stored, vacuumed and analysed")
    finally:
        opened.close()


def _filled(code: str) -> list[str]:
    """Tables that `_ROWS` writes into, with their schemas."""
    return list(dict.fromkeys(re.findall(r"^INSERT INTO (\w+\.\w+)", _ROWS.format(code=code), re.MULTILINE)))


@contextmanager
def lifted(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """Take the indexes of these tables (`schema.table`) away while rows come in bulk, but those of constraints."""
    cursor.execute(
        "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname || '.' || tablename = ANY(%s) AND NOT"
        " EXISTS (SELECT FROM pg_constraint c JOIN pg_namespace s ON s.oid = c.connamespace"
        " WHERE c.conname = indexname AND s.nspname = schemaname)",
        [list(tables)],
    )
    found = cursor.fetchall()
    for schema, name, _how in found:
        cursor.execute(f'DROP INDEX {schema}."{name}"')
    yield
    for _schema, _name, how in found:
        cursor.execute(how)


def _add(cursor: Any, cast: Cast, first: int, last: int, since: str, until: str, *, is_open: bool) -> None:
    said = {
        "prov": cast.number, "first": first, "last": last, "open": is_open, "houses": _texts(cast.houses),
        "products": _texts(cast.products), "appraisers": _texts(cast.appraisers), "officers": _texts(cast.officers),
        "units": _texts(cast.units),
    }  # fmt: skip
    cursor.execute("SELECT now() - %s::interval, now() - %s::interval", [since, until])
    said["from"], said["to"] = cursor.fetchone()
    cursor.execute(_ASKED, said)
    for statement in _ROWS.format(code=cast.code).split(";\n"):
        cursor.execute(statement, said)


def _texts(ids: list[UUID]) -> list[str]:
    return [str(each) for each in ids]


def add_people(superuser_url: str, database: str, code: str, *, count: int) -> None:
    """So many more officers in the units of a province, who only stand in its list of people."""
    opened = psycopg2.connect(superuser_url, dbname=database)
    opened.autocommit = True
    try:
        with opened.cursor() as cursor:
            cursor.execute(
                # The code is one of the bench's own making.
                f"""WITH units AS (SELECT array_agg(id) AS ids FROM {code}.accounts_unit),
                made AS (INSERT INTO {code}.accounts_user (password, id, username, name, title, phone_verified, email,
                  unit_id, is_active, is_service, language, created_at)
                SELECT '!', gen_random_uuid(), 'many' || n, '人员' || n, '', false, '',
                  units.ids[1 + n %% array_length(units.ids, 1)], true, false, '', now()
                FROM units, generate_series(1, %s) n RETURNING id, unit_id)
                INSERT INTO {code}.accounts_post (id, user_id, unit_id, role)
                SELECT gen_random_uuid(), id, unit_id, 'officer' FROM made""",  # noqa: S608 - see above
                [count],
            )
            cursor.execute(f"ANALYZE {code}.accounts_user, {code}.accounts_post")
    finally:
        opened.close()
