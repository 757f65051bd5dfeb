"""What goes wrong at the border. Each refuses; none falls back to another login."""


class BorderError(Exception):
    """Base of all refusals at the border."""


class NoSeat(BorderError):
    """A query was tried by a thread that works for nobody."""


class BorderCrossing(BorderError):
    """A change of province inside a transaction, or an object of one province used in another."""


class PoolExhausted(BorderError):
    """No connection came free in time; the caller may try again."""
