"""Pages of opinion letters on the brands host."""
