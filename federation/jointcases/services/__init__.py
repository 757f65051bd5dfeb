"""What people do in rooms, a module a matter. `propose` is what other apps call."""

from federation.jointcases.services.rooms import open_room, propose

__all__ = ["open_room", "propose"]
