"""Officers, units and roles from a file: read, match columns, check rows, compare with what is there, write in chunks."""
