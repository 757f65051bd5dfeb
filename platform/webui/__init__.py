"""The look of every page: tokens, base templates, shared pieces, browser modules."""
