"""A copy of the trail outside: places in a stream, lines as they leave, and where they go."""
