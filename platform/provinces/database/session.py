"""Connections that know whether their session may still be as it was opened.

Wiping a session (`DISCARD ALL`) costs a round trip, a sixth of a small page. Most requests only read and write rows,
which leaves nothing behind, so the pool wipes a session that something else was sent to, and every session from time
to time. This keeps one request's accident from the next one of the same login. It is no defence against injected SQL,
and need not be one: what such SQL could leave behind stays with the login that it had in its hands already.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from psycopg2.extensions import connection, cursor

_ROWS_ONLY = re.compile(
    r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|SAVEPOINT|RELEASE|ROLLBACK)\b(?!.*(?:;|set_config|advisory|U&))",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=2048)
def leaves_nothing(sql: str) -> bool:
    """Whether a statement only reads or writes rows, as far as its text tells."""
    return _ROWS_ONLY.match(sql) is not None


class Session(connection):  # type: ignore[misc] # untyped package
    """touched: something was sent that may outlast its transaction. wiped_at: `time.monotonic()` of the last wipe."""

    touched = False
    wiped_at = 0.0


class SessionCursor(cursor):  # type: ignore[misc] # untyped package
    """Notes on its connection what it sends."""

    def _note(self, query: Any) -> None:
        if not (isinstance(query, str) and leaves_nothing(query)):
            self.connection.touched = True

    def execute(self, query: Any, vars: Any = None) -> None:
        self._note(query)
        super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Iterable[Any]) -> None:
        self._note(query)
        super().executemany(query, vars_list)

    def callproc(self, procname: Any, parameters: Any = None) -> None:
        self._note(None)
        super().callproc(procname, parameters)
