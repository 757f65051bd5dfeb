"""Locks with names: alone or shared, to the end of the transaction, and nobody without our key can take one."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from kernel.locks import _number, lock
from provinces import context


def tried_beside(*names: str, shared: bool = False) -> bool:
    """Whether another login gets these locks within a moment."""
    got: list[bool] = []

    def work() -> None:
        try:
            with context.province("gz"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                lock(*names, shared=shared)
                got.append(True)
        except OperationalError:
            got.append(False)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    return got[0]


@pytest.mark.parametrize(
    ("own", "others", "both"), [(False, False, False), (False, True, False), (True, False, False), (True, True, True)]
)
def test_one_has_it_alone_and_several_share_it_until_the_transaction_ends(border, own, others, both):
    with context.province("gx"):
        with transaction.atomic():
            lock("a", "b", shared=own)
            assert tried_beside("b", shared=others) is both
            assert tried_beside("c", shared=others)
        assert tried_beside("a", "b")


def test_the_number_of_a_lock_is_made_with_our_key(settings):
    before = _number("letters gx 1")
    assert before == _number("letters gx 1") != _number("letters gx 2")
    settings.SECRET_KEY = "another"
    assert _number("letters gx 1") != before
