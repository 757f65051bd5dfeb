"""Pages about signing in."""
