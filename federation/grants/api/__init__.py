"""The same by API."""
