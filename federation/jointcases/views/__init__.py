"""Pages of rooms: the same at a bureau, at the brands' host and at the office."""
