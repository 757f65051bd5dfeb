"""What others may want to know about people. Sent after commit, inside the seat where it happened."""

from django.dispatch import Signal

suspended = Signal()
"""Somebody is out as of now: streams and tokens close. Arguments: user_id."""

restored = Signal()
"""A suspended person may sign in again. Arguments: user_id."""

unit_changed = Signal()
"""An officer moved; open work stays with the old unit. Arguments: user_id, from_unit_id, to_unit_id."""
