"""`manage.py objects`: what the object store of this installation keeps of its promises."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from evidence.store import S3Store, store


class Command(BaseCommand):
    """Prints one line a promise; exit status 1 when an S3 store does not keep one that the settings ask for."""

    help = "对象存储做到了什么、做不到什么 / what the object store can keep and what it cannot"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--make", action="store_true", help="没有存储桶就新建 / make the bucket if there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        box = store()
        if options["make"] and isinstance(box, S3Store):
            box.make_bucket()
        name = f"{settings.S3['endpoint_url']} {box.bucket}" if isinstance(box, S3Store) else str(settings.OBJECTS_DIR)
        self.stdout.write(name)
        missed = False
        for promise in box.promises():
            self.stdout.write(f"{'✓' if promise.kept else '✗'} {promise.code:20} {promise.words}")
            asked = promise.code == "versions" or (promise.code == "lock" and settings.S3["lock_days"])
            missed = missed or bool(isinstance(box, S3Store) and asked and not promise.kept)
        if missed:
            raise SystemExit(1)
