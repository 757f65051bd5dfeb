"""台账: what is asked of it, what stands in its columns, and the doors to its rows."""
