"""Open a province."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provinces.models import Province
from provinces.provisioning import ProvisioningError, provision


class Command(BaseCommand):
    """All or nothing, in one transaction."""

    help = "Open a province: schema, login, rights and host name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="schema and host name, e.g. gx")
        parser.add_argument("--name", required=True, help="e.g. 广西")
        parser.add_argument("--title", required=True, help="the bureau's full title")
        parser.add_argument("--agency-word", required=True, help="机关代字, e.g. 桂市监")
        parser.add_argument("--division", required=True, help="GB/T 2260 code, six digits, e.g. 450000")
        parser.add_argument("--superior", action="store_true", help="总局: decides between provinces; division 000000")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            province = provision(
                options["code"],
                name=options["name"],
                title=options["title"],
                agency_word=options["agency_word"],
                division_code=options["division"],
                kind=Province.Kind.SUPERIOR if options["superior"] else Province.Kind.ORDINARY,
            )
        except (ProvisioningError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{province.schema_name} {province.bureau_title}: open")
