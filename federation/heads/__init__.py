"""Heads of sealed logs go to two other provinces and the office, who compare, countersign and keep them."""
