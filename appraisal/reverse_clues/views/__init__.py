"""Pages of reverse clues on the brands host."""
