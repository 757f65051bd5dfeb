"""Everything needed to run the product on one machine with one command.

`embedded` brings PostgreSQL and Valkey, `supervisor` starts, watches and stops the parts, `browser` finds a
Chromium and fonts for tests and pictures. Nothing here needs Django to be set up.
"""
