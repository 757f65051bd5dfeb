"""Mapping as data: rows, their check, what they make of a record."""
