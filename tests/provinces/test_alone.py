"""One at a time: the lock of long work lasts as long as the work, also behind a pooler, and no longer."""

import threading

from django.db import connection

from kernel.ids import uuid7
from provinces import context
from provinces.alone import alone


def elsewhere(what) -> bool:
    """Whether another worker of the same province would find itself alone."""
    found = []

    def work() -> None:
        with context.province("gx"), alone(what) as is_alone:
            found.append(is_alone)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    return found[0]


def test_work_is_done_by_one_at_a_time_whatever_it_does_to_its_own_connection(border):
    what, other = uuid7(), uuid7()
    with context.province("gx"):
        with alone(what) as is_alone:
            assert is_alone and not elsewhere(what) and elsewhere(other)
            connection.close()  # a session of this thread comes and goes; the lock is not in it
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_all()")
            assert not elsewhere(what)
        assert elsewhere(what)


def test_a_lock_survives_the_limit_on_idle_transactions_and_goes_with_its_connection(border):
    what = uuid7()
    limit = "SELECT pid, query FROM pg_stat_activity WHERE usename = 'czj_gx' AND state = 'idle in transaction'"
    with context.province("gx"), alone(what) as is_alone:
        assert is_alone
        with border.superuser() as cursor:
            cursor.execute(limit)
            ((pid, query),) = cursor.fetchall()
            assert "advisory" in query
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert elsewhere(what)  # and leaving the block does not complain
