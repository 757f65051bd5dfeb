"""At a province `values`, `ladder`, `invited`; at the office `finding`, `relaying`, `series`; for brands `asked`."""
