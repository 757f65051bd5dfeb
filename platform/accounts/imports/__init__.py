"""Officers, units and roles from a file: read it, match columns, check rows, compare with what is there, write."""
