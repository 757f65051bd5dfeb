"""Pages run on WSGI threads, behind a door that bounds how many at once."""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings  # noqa: E402 - the path has to be set first
from django.core.wsgi import get_wsgi_application  # noqa: E402

pages = get_wsgi_application()  # sets Django up, before what follows is imported

from evidence.checks import parts_are_shared  # noqa: E402
from gateway.admission import Gate, Limits  # noqa: E402
from watching import hooks  # noqa: E402

parts_are_shared()


def _make_room() -> None:
    """A request of this process hangs: gunicorn ends it when the others are done, and starts another."""
    os.kill(os.getpid(), signal.SIGTERM)


application = Gate(
    pages,
    Limits(
        slots=settings.WEB_THREADS,
        uploads=settings.WEB_UPLOADS,
        waiting=settings.WEB_WAITING,
        patience_s=settings.WEB_PATIENCE_S,
        longest_s=settings.WEB_LONGEST_S,
    ),
    seat_of=hooks.seat_of,
    route_of=hooks.route_of,
    stuck=_make_room,
    watcher=hooks.door,
)
