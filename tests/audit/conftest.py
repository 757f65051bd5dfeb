"""A time-stamp authority made with openssl."""

from harness.openssl_tsa import authority, tsa  # noqa: F401 - fixtures
