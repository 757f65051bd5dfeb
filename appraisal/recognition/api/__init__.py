"""API of the library on the brands host. `shapes` what is written and read; one module a matter."""
