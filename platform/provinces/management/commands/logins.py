"""Look after the database logins: the password of each, and every declared right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provinces import context, grants


class Command(BaseCommand):
    """Names each login whose password was changed, and each right that is not as declared. Status 1 if there is one."""

    help = "Compare logins, passwords and rights with what is declared; --mend puts them right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="set passwords and rights as declared")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.owner():
            found = [f"{login}: another password than the derived one" for login in grants.locked_out()]
            found += [str(difference) for difference in grants.differences()]
            left = found
            if options["mend"]:
                grants.reset_passwords()
                left = [str(difference) for difference in grants.apply()]
        for each in found:
            self.stdout.write(f"{'left' if each in left else 'mended'}: {each}")
        if left:
            raise CommandError(f"{len(left)} not as declared")
        self.stdout.write("as declared")
