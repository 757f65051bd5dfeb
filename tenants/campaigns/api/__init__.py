"""API of rosters, urgent calls, joint actions and campaigns on a province's host, a module a matter."""
