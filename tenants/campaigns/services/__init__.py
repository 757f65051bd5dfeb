"""What is done with rosters, urgent calls, joint actions and campaigns, a module a matter."""
