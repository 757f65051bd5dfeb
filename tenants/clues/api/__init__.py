"""API of clues on a province's host, a module a matter."""
