"""Everything that is written about matters."""
