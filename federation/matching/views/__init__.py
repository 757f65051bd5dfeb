"""Pages, one module for each host."""
