"""Telling people: notices on the page, messages through channels, and live events."""
