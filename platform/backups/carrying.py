"""What does not go back with a backup, in the transaction that puts the restored rows in place.

The trail, the document numbers and the sealed log are written once and never changed, so as they are now they hold all
that the backup held: they are taken over, and nothing that was witnessed is lost; so are legal holds, periods and
proofs of deletion. Rights that were taken away since, and secrets that were changed, stay as they are now; all
sessions end. Messages and webhooks that went out since are not sent again. Where the rows of before cannot be read (a
new host), all keys of programs end and numbers leave a gap.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from backups.hooks import Return
from backups.rows import columns_of, named, tables_of
from kernel import clock
from kernel.ids import uuid7
from provinces.grants import quoted

WRITTEN_ONCE = (
    "audit_trail", "audit_readline", "audit_numberseries", "audit_issuednumber", "audit_logentry", "audit_lognode",
    "audit_loghead", "audit_headstamp", "audit_headwitness", "audit_witnessedhead", "heads_logreturn",
    "retention_rule", "retention_hold", "retention_heldthing", "retention_run", "retention_portion",
    "retention_gonerecord", "oversight_copy", "oversight_copied",
)  # fmt: skip
ENDED = (
    "accounts_session", "usersessions_usersession", "allauth_idp_oidc_token", "account_emailconfirmation",
    "socialaccount_socialtoken", "signon_ssosession", "signon_clientsession", "embedding_launch",
)  # fmt: skip
"""Whoever is signed in anywhere signs in again."""
AS_NOW = (
    "gateway_apitoken", "connections_connection", "connections_client", "connections_secret", "allauth_idp_oidc_client",
    "webhooks_endpoint", "webhooks_endpointkey", "signon_identityprovider", "signon_ownclient", "signon_signingkey",
    "socialaccount_socialaccount", "scim_directory", "embedding_launchkey", "parcels_partnerkey",
    "jointcases_guestpass",
    "notify_outbound", "webhooks_event", "webhooks_feedhead", "webhooks_delivery", "signon_logoutnotice",
    "parcels_parcel", "linkage_outgoing",
)  # fmt: skip
"""Rows that the backup has, with their present contents: what was revoked stays revoked, what was sent is not sent."""
GONE_STAYS_GONE = (
    "accounts_post", "mfa_authenticator", "gateway_apitoken", "connections_secret", "webhooks_endpointkey",
)  # fmt: skip
"""A row of the backup that is not there any more does not come back."""
ADDED = ("mfa_authenticator", "signon_signingkey", "webhooks_event", "webhooks_delivery")
"""Rows made since come along, where what they hang on does."""

VOID_REASON = "恢复备份：这个号可能已用在丢失的文件上，不再使用"
LEAST_GAP = 20
FEED_GAP = 100_000


class Carrier:
    """Between two schemas of the owner: `before`, as it was until now, and `coming`."""

    def __init__(self, cursor: Any, before: str, coming: str) -> None:
        self.cursor, self.before, self.coming = cursor, before, coming
        there = set(tables_of(cursor, before)) if before else set()
        self.both = there & set(tables_of(cursor, coming))

    def common(self, table: str) -> list[str]:
        """Columns that both have."""
        old = set(columns_of(self.cursor, self.before, table))
        return [name for name in columns_of(self.cursor, self.coming, table) if name in old]

    def key(self, table: str) -> list[str]:
        """Columns of the primary key."""
        self.cursor.execute(
            "SELECT a.attname FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) AS c (number)"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number"
            " WHERE k.conrelid = %s::regclass AND k.contype = 'p'",
            [named(self.coming, table)],
        )
        return [name for (name,) in self.cursor.fetchall()]

    def pointers(self, table: str) -> list[tuple[str, str, str]]:
        """Columns that point into another table of the schema: column, table, its column."""
        self.cursor.execute(
            "SELECT a.attname, r.relname, t.attname FROM pg_constraint k"
            " JOIN pg_class r ON r.oid = k.confrelid"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
            " JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = k.confkey[1]"
            " WHERE k.conrelid = %s::regclass AND k.contype = 'f'",
            [named(self.coming, table)],
        )
        return list(self.cursor.fetchall())

    def _same(self, table: str, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{quoted(each)} = {other}.{quoted(each)}" for each in self.key(table))

    def replace(self, table: str) -> None:
        """The table as it is now."""
        columns = ", ".join(map(quoted, self.common(table)))
        old, new = named(self.before, table), named(self.coming, table)
        self.cursor.execute(f"DELETE FROM {new}; INSERT INTO {new} ({columns}) SELECT {columns} FROM {old}")

    def is_beginning(self, table: str, *, of: Iterable[str] = ()) -> bool:
        """Whether every row of the backup is there still, with the same contents of some columns."""
        same = "".join(f" AND old.{quoted(each)} IS NOT DISTINCT FROM new.{quoted(each)}" for each in of)
        self.cursor.execute(
            f"SELECT NOT EXISTS (SELECT 1 FROM {named(self.coming, table)} new WHERE NOT EXISTS"
            f" (SELECT 1 FROM {named(self.before, table)} old WHERE {self._same(table, 'old', 'new')}{same}))"
        )
        return bool(self.cursor.fetchone()[0])

    def take_over(self, table: str, columns: Iterable[str] = ()) -> int:
        """Rows in both get their present contents, but for what they point to. Returns how many had others."""
        held = {*self.key(table), *(column for column, _table, _column in self.pointers(table))}
        taken = [each for each in columns or self.common(table) if each not in held]
        if not taken:
            return 0
        sets = ", ".join(f"{quoted(each)} = old.{quoted(each)}" for each in taken)
        differ = " OR ".join(f"new.{quoted(each)} IS DISTINCT FROM old.{quoted(each)}" for each in taken)
        self.cursor.execute(
            f"UPDATE {named(self.coming, table)} new SET {sets} FROM {named(self.before, table)} old"
            f" WHERE {self._same(table, 'old', 'new')} AND ({differ})"
        )
        return int(self.cursor.rowcount)

    def drop_gone(self, table: str) -> int:
        """Rows that are not there any more."""
        self.cursor.execute(
            f"DELETE FROM {named(self.coming, table)} new WHERE NOT EXISTS"
            f" (SELECT 1 FROM {named(self.before, table)} old WHERE {self._same(table, 'old', 'new')})"
        )
        return int(self.cursor.rowcount)

    def add(self, table: str) -> int:
        """Rows made since, whose targets are there."""
        columns = ", ".join(map(quoted, self.common(table)))
        leads = "".join(
            f" AND (old.{quoted(column)} IS NULL OR EXISTS (SELECT 1 FROM {named(self.coming, target)} t"
            f" WHERE t.{quoted(there)} = old.{quoted(column)}))"
            for column, target, there in self.pointers(table)
        )
        self.cursor.execute(
            f"INSERT INTO {named(self.coming, table)} ({columns}) SELECT {columns}"
            f" FROM {named(self.before, table)} old WHERE true{leads} ON CONFLICT DO NOTHING"
        )
        return int(self.cursor.rowcount)


def carry(cursor: Any, back: Return, coming: str, *, people_of_backup: bool = False) -> None:
    """Bring into `coming` what does not go back. Notes in `back.found` what was done."""
    carrier = Carrier(cursor, back.before, coming)
    end_sessions(cursor, coming)
    if not back.before:
        back.found["keys_ended"] = end_keys(cursor, coming, back.until)
        back.found["unsent_given_up"] = give_up_unsent(cursor, coming, back.until)
        back.found["numbers"] = {"skipped": skip_numbers(cursor, coming, back.since, back.until)}
        back.found["log"] = {"kept": False}
        mark_copies(cursor, coming, back.until)
        return
    back.found["log"] = {"kept": _keep_what_is_written_once(carrier)}
    if not back.found["log"]["kept"]:
        mark_copies(cursor, coming, back.until)
        back.found["numbers"] = {"skipped": skip_numbers(cursor, coming, back.since, back.until)}
    rights: dict[str, int] = {}
    if not people_of_backup:
        rights["accounts_user"] = _people_as_now(carrier)
    for table in AS_NOW:
        if table in carrier.both:
            rights[table] = carrier.take_over(table)
    for table in GONE_STAYS_GONE:
        if table in carrier.both and not (people_of_backup and table == "accounts_post"):
            rights[table] = rights.get(table, 0) + carrier.drop_gone(table)
    for table in ADDED:
        if table in carrier.both:
            carrier.add(table)
    back.found["as_now"] = {table: count for table, count in rights.items() if count}


def _keep_what_is_written_once(carrier: Carrier) -> bool:
    """Take over trail, numbers and log, if the backup's log is a beginning of the one that is there."""
    if not carrier.is_beginning("audit_logentry", of=("leaf_hash",)) or not _places_agree(carrier):
        return False
    for table in WRITTEN_ONCE:
        if table in carrier.both:
            carrier.replace(table)
    return True


def _places_agree(carrier: Carrier) -> bool:
    """Whether what had a place in the backup has it still."""
    carrier.cursor.execute(
        f"SELECT NOT EXISTS (SELECT 1 FROM {named(carrier.coming, 'audit_logentry')} new"
        f" JOIN {named(carrier.before, 'audit_logentry')} old USING (id)"
        " WHERE new.position IS NOT NULL AND old.position IS DISTINCT FROM new.position)"
    )
    return bool(carrier.cursor.fetchone()[0])


def _people_as_now(carrier: Carrier) -> int:
    """Who is suspended now, or was taken out, does not come back; passwords are the present ones."""
    old, new = named(carrier.before, "accounts_user"), named(carrier.coming, "accounts_user")
    carrier.cursor.execute(
        f"UPDATE {new} new SET is_active = new.is_active AND old.is_active, password = old.password,"
        " suspended_at = CASE WHEN old.is_active THEN new.suspended_at ELSE old.suspended_at END"
        f" FROM {old} old WHERE old.id = new.id AND (new.password <> old.password"
        " OR (new.is_active AND NOT old.is_active))"
    )
    changed = int(carrier.cursor.rowcount)
    carrier.cursor.execute(
        f"UPDATE {new} new SET is_active = false WHERE is_active AND NOT EXISTS"
        f" (SELECT 1 FROM {old} old WHERE old.id = new.id)"
    )
    return changed + int(carrier.cursor.rowcount)


def end_sessions(cursor: Any, schema: str) -> None:
    """Nobody is signed in."""
    there = set(tables_of(cursor, schema))
    for table in ENDED:
        if table in there:
            cursor.execute(f"DELETE FROM {named(schema, table)}")


def end_keys(cursor: Any, schema: str, moment: datetime) -> int:
    """Which keys were revoked since cannot be known here: all of them end, and are given out anew."""
    count = 0
    for table, column in (("gateway_apitoken", "revoked_at"), ("connections_secret", "ended_at")):
        cursor.execute(
            f"UPDATE {named(schema, table)} SET {quoted(column)} = %s WHERE {quoted(column)} IS NULL", [moment]
        )
        count += int(cursor.rowcount)
    return count


def give_up_unsent(cursor: Any, schema: str, moment: datetime) -> int:
    """What waited to be sent then may have been sent since: it is not sent again, and stands as given up."""
    cursor.execute(
        f"UPDATE {named(schema, 'notify_outbound')} SET given_up_at = %s, next_try_at = NULL, detail = 'restored'"
        " WHERE sent_at IS NULL AND given_up_at IS NULL",
        [moment],
    )
    count = int(cursor.rowcount)
    cursor.execute(
        f"UPDATE {named(schema, 'webhooks_delivery')} SET state = 'dead', code = 'restored' WHERE state = 'waiting'"
    )
    count += int(cursor.rowcount)
    cursor.execute(
        f"UPDATE {named(schema, 'webhooks_feedhead')} SET last = last + %s, dropped = last + %s", [FEED_GAP, FEED_GAP]
    )
    return count


def mark_copies(cursor: Any, schema: str, moment: datetime) -> None:
    """What has left to the copy of the trail since cannot be known here: the next round asks, and says so there."""
    cursor.execute(f"UPDATE {named(schema, 'oversight_copy')} SET returned_at = %s", [moment])


# Numbers --------------------------------------------------------------------------------------------------------------


def skip_numbers(cursor: Any, schema: str, since: datetime, until: datetime) -> list[str]:
    """Pass over the numbers that papers written since may bear; they stand as void, with the reason.

    As many as on the busiest of the last 60 days, for each day that is missing, and some more. Returns the ranges.
    """
    numbers, series = named(schema, "audit_issuednumber"), named(schema, "audit_numberseries")
    year = clock.local_date(until).year
    days = max(1, math.ceil((until - since) / timedelta(days=1)))
    cursor.execute(
        f"SELECT agency_word, kind_word, max(year), max(last) FILTER (WHERE year = %s) FROM {series}"
        " GROUP BY agency_word, kind_word HAVING max(year) >= %s ORDER BY 1, 2",
        [year, clock.local_date(since).year],
    )
    passed = []
    for agency, kind, _last_year, last in cursor.fetchall():
        cursor.execute(
            f"SELECT coalesce(max(count), 0) FROM (SELECT count(*) AS count FROM {numbers}"
            " WHERE agency_word = %s AND kind_word = %s AND at > %s GROUP BY at::date) AS days",
            [agency, kind, since - timedelta(days=60)],
        )
        gap = int(cursor.fetchone()[0]) * days + LEAST_GAP
        passed.append(pass_over(cursor, schema, agency, kind, year, (last or 0) + gap))
    return passed


def pass_over(cursor: Any, schema: str, agency: str, kind: str, year: int, up_to: int) -> str:
    """No serial up to `up_to` is given any more; those between are void. Returns the range as people write it."""
    numbers, series = named(schema, "audit_issuednumber"), named(schema, "audit_numberseries")
    cursor.execute(
        f"SELECT last FROM {series} WHERE agency_word = %s AND kind_word = %s AND year = %s", [agency, kind, year]
    )
    found = cursor.fetchone()
    last = found[0] if found else 0
    if up_to <= last:
        return ""
    cursor.execute(
        f"INSERT INTO {series} AS s (id, agency_word, kind_word, year, last) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (agency_word, kind_word, year) DO UPDATE SET last = excluded.last",
        [str(uuid7()), agency, kind, year, up_to],
    )
    cursor.executemany(
        f"INSERT INTO {numbers} (id, document_no, agency_word, kind_word, year, serial, state, void_reason, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'void', %s, %s) ON CONFLICT DO NOTHING",
        [
            [str(uuid7()), f"{agency}{kind}〔{year}〕{n}号", agency, kind, year, n, VOID_REASON, clock.now()]
            for n in range(last + 1, up_to + 1)
        ],
    )
    return f"{agency}{kind}〔{year}〕{last + 1}–{up_to}号"
