"""Clues from files and pastes of 12315 and of monitoring: read, columns matched, checked, brought in, reported."""
