"""Pages of matters and launches."""
