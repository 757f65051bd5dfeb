"""A login that was just made, and a pooler that has not heard of it yet."""

import psycopg2
import pytest

from provinces import passwords


def test_whoever_makes_a_login_waits_until_the_pooler_knows_it_and_nobody_else_does(monkeypatch):
    monkeypatch.setattr(passwords, "_KNOWN", known := passwords._Known())
    monkeypatch.setattr(passwords.time, "sleep", lambda seconds: None)
    tries = []

    def knows_it_later(password: str) -> str:
        tries.append(password)
        if len(tries) <= 40:
            raise psycopg2.OperationalError("FATAL:  SASL authentication failed")
        return "in"

    with pytest.raises(psycopg2.OperationalError):
        passwords.let_in("czj_xj", knows_it_later)
    tries.clear()
    known.forget()
    known.login_made("czj_xj")
    assert passwords.let_in("czj_xj", knows_it_later) == "in" and len(tries) == 41
