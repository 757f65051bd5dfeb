"""List the provinces."""

from typing import Any

from django.core.management.base import BaseCommand

from provinces import context
from provinces.models import Province
from provinces.provisioning import province_version


class Command(BaseCommand):
    """One line each: code, title, state, version, and whether that is the version on disk."""

    help = "List provinces with the version of each schema."

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = province_version()
        with context.owner():
            for province in Province.objects.prefetch_related("domains"):
                hosts = ",".join(domain.domain for domain in province.domains.all())
                behind = "" if province.schema_version == wanted else f" (on disk: {wanted})"
                self.stdout.write(
                    f"{province.schema_name}\t{province.bureau_title}\t{province.state}\t{hosts}\t"
                    f"{province.schema_version or '-'}{behind}"
                )
