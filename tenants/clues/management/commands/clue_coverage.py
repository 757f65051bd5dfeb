"""Which divisions of a province have no unit for a matter, or two."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provinces import context
from provinces.models import Province
from tenants.clues.routing import coverage


class Command(BaseCommand):
    """One line a finding: what is wrong, division, matters, units that would do. Status 1 if anything is to mend."""

    help = "List gaps, doubles and rules on former divisions in the competence of a province's units."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", required=True, help="code of the province, such as gx")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["province"]
        with context.owner():
            division = Province.objects.filter(schema_name=code).values_list("division_code", flat=True).first()
        if division is None:
            raise CommandError(f"there is no province {code}")
        with context.province(code):
            found = coverage.check(division)
        for each in found.findings:
            units = ", ".join(unit.name for unit in each.units)
            self.stdout.write(
                f"{each.fault}\t{each.division_code} {each.division_name}\t{','.join(each.matters)}\t{units}"
            )
        self.stdout.write(f"{found.sound} of {found.divisions} divisions have exactly one unit for each matter")
        if found.sound < found.divisions:
            raise CommandError(f"{found.divisions - found.sound} divisions to mend")
