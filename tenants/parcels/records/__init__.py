"""The kinds of record that this app brings along: clues, and what is held under a case number of the other side."""
