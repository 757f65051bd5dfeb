"""API of inspections on a province's host."""
