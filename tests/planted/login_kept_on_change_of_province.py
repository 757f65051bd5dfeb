"""The wrapper changes its seat and keeps the connection of the one before."""

GUARD = "G3"


def plant():
    from django_tenants.postgresql_backend.base import FakeTenant

    from provinces.database.base import DatabaseWrapper

    def set_seat(self, seat):
        self.seat = seat
        self.tenant = seat and FakeTenant(seat.schema_name)
        self.schema_name = seat and seat.schema_name

    DatabaseWrapper.set_seat = set_seat
