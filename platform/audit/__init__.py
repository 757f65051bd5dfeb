"""Who did what to which record: one way to change a state, an insert-only trail, and document numbers."""
