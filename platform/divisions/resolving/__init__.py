"""Where is it? From an address as people write it to a division."""
