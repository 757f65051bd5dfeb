"""What the benches under load share: a stored past, people signed in, servers as `up` runs them, clients apart."""
