"""Pages of rosters, urgent calls, joint actions and campaigns, a module a matter."""
