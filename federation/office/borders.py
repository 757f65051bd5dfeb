"""The numbers of ratings are the office's alone: it counts them, and nobody reads another pair's."""

from federation.office.models import Rating
from provinces.declarations import OFFICE, Grant

RIGHTS = [Grant("office.Rating", to=OFFICE)]

INSERT_ONLY = [Rating]
