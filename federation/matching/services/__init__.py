"""What is done: at a province `values`, `ladder`, `invited`; at the office `finding`, `relaying`, `series`; at the brands
host `asked`."""
