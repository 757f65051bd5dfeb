"""The doors of the office's pages to letters: envelopes and receipts only, never a body.

`flight`: letters that are owed an answer. `reminders`: 催办. `pace`: how long pairs of provinces take. `flows`: who
writes to whom. `ratings`: answers that may be rated. What a login sees of letters bounds each of them: the office all
envelopes, a province those it sent and received.
"""
