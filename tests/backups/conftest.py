"""A place for backups, and letters of the tests' own kinds."""

from harness.vault import notes, vault  # noqa: F401 - fixtures
