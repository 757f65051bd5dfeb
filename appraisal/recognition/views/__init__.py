"""Pages of the library on the brands host."""
