"""What was said in a joint case counts in the order in which letters came, not in the one that all copies share."""

GUARD = "rooms"


def plant():
    from federation.jointcases import reckoning

    def as_they_came(kept):
        found = {}
        for each in kept:
            found.setdefault(each.entry.entry_id, each)
        return list(found.values())

    reckoning._ordered = as_they_came
