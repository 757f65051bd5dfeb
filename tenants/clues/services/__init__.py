"""What is done with clues, a module a matter, each call one transaction."""
