"""What a directory does to people and units, and what the security administrator decides of it."""
