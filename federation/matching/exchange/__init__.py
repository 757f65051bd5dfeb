"""What provinces lay on the table: digests, and the salt of each round. In `public` alone."""
