"""Neither side can forge the other's letters, and nobody reads what is not addressed to them: raw SQL as each login."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from federation.contracts.addresses import Address
from federation.letters.models import Delivery, LedgerEntry, Letter, LetterBody
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE, PUBLIC, province_seat

from .conftest import WINE, ZHAO

GX, GD, GZ = province_seat("gx"), province_seat("gd"), province_seat("gz")
TO_GD, TO_WINE = Address.province("gd"), Address.organisation(WINE)

LETTER = (
    "INSERT INTO letters_letter (id, kind, version, sender, sender_seat, seats, thread, document_no, purpose, handling,"
    " written_at, body_sha256, body_sm3, manifest_sha256, attachments, attachments_size_bytes)"
    " VALUES (%s, 'test.note', 1, %s, %s, '{gx,gd,brands,office}', %s, '', '', '', now(), '', '', '', 0, 0)"
)
DELIVERY = (
    "INSERT INTO letters_delivery (id, letter_id, thread, sender, sender_seat, addressee, addressee_seat, sequence,"
    " state, due_provisional, tries, next_try_at, failure_code, return_reason, received_digest, delivered_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s, false, 0, now(), '', '', %s, %s)"
)


def sql(seat, statement, *values):
    """Run one statement as a login, committed; returns its rows, or how many it touched."""
    with context.seat(seat), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(seat, statement, *values):
    with pytest.raises(ProgrammingError, match=r"row-level security|permission denied"):
        sql(seat, statement, *values)


@pytest.fixture
def letter(desk) -> Letter:
    """From 广西 to 广东, not delivered yet."""
    return desk.send("机密", TO_GD)


def test_a_third_province_sees_nothing_of_it(letter):
    for table in ("letters_letter", "letters_letterbody", "letters_delivery"):
        assert sql(GZ, f"SELECT * FROM {table}") == []
        assert sql(BRANDS, f"SELECT * FROM {table}") == []
        refused(PUBLIC, f"SELECT * FROM {table}")


def test_sender_and_addressee_read_the_body(letter):
    for seat in (GX, GD):
        assert sql(seat, "SELECT body FROM letters_letterbody") == [('{"text":"机密"}',)]


def test_the_office_sees_envelope_and_delivery_but_no_body(letter):
    assert len(sql(OFFICE, "SELECT * FROM letters_letter")) == 1
    assert len(sql(OFFICE, "SELECT * FROM letters_delivery")) == 1
    assert sql(OFFICE, "SELECT * FROM letters_letterbody") == []


def test_the_office_reads_the_bodies_of_its_own_letters(desk):
    desk.send("致办公室", Address.office())
    assert sql(OFFICE, "SELECT body FROM letters_letterbody") == [('{"text":"致办公室"}',)]
    desk.send("来自办公室", TO_GD, seat=OFFICE, by=ZHAO)
    assert len(sql(OFFICE, "SELECT body FROM letters_letterbody")) == 2


def test_no_letter_in_the_name_of_another(letter):
    refused(GD, LETTER, uuid7(), "province:gx", "gx", uuid4())
    refused(BRANDS, LETTER, uuid7(), "province:gx", "gx", uuid4())
    refused(OFFICE, LETTER, uuid7(), "province:gx", "gx", uuid4())


@pytest.mark.parametrize("seat", [GD, BRANDS, OFFICE], ids=str)
def test_an_address_that_does_not_belong_to_the_seat_is_refused(letter, seat):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="letter_sender_seat"):
        sql(seat, LETTER, uuid7(), "province:gx", seat.name, uuid4())


@pytest.mark.parametrize(("seat", "sender"), [(GD, "gx"), (GD, "gd"), (GZ, "gz")], ids=str)
def test_no_delivery_of_anothers_letter(letter, seat, sender):
    written = (uuid7(), letter.pk, letter.thread, f"province:{sender}", sender, "province:gz", "gz")
    refused(seat, DELIVERY, *written, "waiting", "", None)


def test_a_letter_reaches_nobody_who_is_not_on_its_envelope(letter):
    refused(
        GX, DELIVERY, uuid7(), letter.pk, letter.thread, "province:gx", "gx", "province:gz", "gz", "waiting", "", None
    )


def test_a_sender_cannot_write_the_addressees_receipt(letter):
    written = (uuid7(), letter.pk, letter.thread, "province:gx", "gx", "province:gz", "gz")
    refused(GX, DELIVERY, *written, "delivered", "", None)
    refused(GX, DELIVERY, *written, "waiting", "ab", None)
    refused(GX, DELIVERY, *written, "waiting", "", letter.written_at)
    assert sql(GX, "UPDATE letters_delivery SET state = 'accepted'") == 0


def test_no_body_for_anothers_letter(letter):
    with context.seat(GX), transaction.atomic():
        bare = Letter.objects.get()
        bare.pk = uuid7()
        bare.save(force_insert=True)
    for seat in (GD, GZ, OFFICE, BRANDS):
        refused(
            seat,
            "INSERT INTO letters_letterbody (letter_id, seats, body, manifest, by_name)"
            " VALUES (%s, '{gx,gd}', '{}', '[]', '')",
            bare.pk,
        )


@pytest.mark.parametrize("seat", [GX, GD, OFFICE], ids=str)
def test_letters_and_bodies_are_never_changed_or_deleted(letter, seat):
    for table, column in (("letters_letter", "kind"), ("letters_letterbody", "body"), ("letters_ledgerentry", "party")):
        refused(seat, f"UPDATE {table} SET {column} = ''")
        refused(seat, f"DELETE FROM {table}")
    refused(seat, "DELETE FROM letters_delivery")
    refused(seat, "UPDATE letters_delivery SET addressee = 'province:gz'")
    refused(seat, "UPDATE letters_delivery SET sequence = 9")


def test_the_addressee_writes_its_receipt(letter):
    assert sql(GD, "UPDATE letters_delivery SET state = 'accepted', accepted_at = now()") == 1


def test_the_office_can_send_back_what_is_stuck_but_write_no_receipt(letter):
    refused(OFFICE, "UPDATE letters_delivery SET state = 'delivered'")
    refused(OFFICE, "UPDATE letters_delivery SET received_digest = 'ab'")
    assert sql(OFFICE, "UPDATE letters_delivery SET state = 'returned', return_reason = 'x'") == 1
    assert sql(OFFICE, "UPDATE letters_delivery SET state = 'waiting'") == 0


def test_chains_are_seen_by_their_party_and_the_office_alone(desk, letter):
    from federation.letters import ledger

    with context.seat(GX):
        assert ledger.append(Address.province("gx")) == 1
    assert len(sql(GX, "SELECT * FROM letters_ledgerentry")) == 1
    assert len(sql(OFFICE, "SELECT * FROM letters_ledgerentry")) == 1
    assert sql(GD, "SELECT * FROM letters_ledgerentry") == []


@pytest.mark.parametrize("party", ["gx", "gd"])
def test_nobody_puts_anothers_letter_into_a_chain(letter, party):
    refused(
        GD,
        "INSERT INTO letters_ledgerentry (letter_id, party, party_seat, position, previous_hash, body_sha256,"
        " manifest_sha256, entry_hash, appended_at) VALUES (%s, %s, %s, 1, '', '', '', '', now())",
        letter.pk,
        f"province:{party}",
        party,
    )


def test_every_table_of_letters_has_row_level_security(border):
    with border.superuser(border.database_name) as cursor:
        for model in (Letter, LetterBody, Delivery, LedgerEntry):
            cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
            assert cursor.fetchone() == (True,), model
