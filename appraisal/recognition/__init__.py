"""The known-fake library: entries, hints, and the recognition that finds them again."""
