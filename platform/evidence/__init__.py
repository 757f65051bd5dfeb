"""Photos and other evidence: originals kept once and never changed, derived copies for looking at, doors to both."""
