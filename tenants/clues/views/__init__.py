"""Pages of clues, a module a matter."""
