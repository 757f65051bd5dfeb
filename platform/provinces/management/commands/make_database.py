"""Make the owner's login and the database on a fresh cluster."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from provinces.provisioning import setup_database


class Command(BaseCommand):
    """Safe to repeat. The superuser's address is needed here and nowhere else: give it to this command alone."""

    help = "With SUPERUSER_URL: make the owner of DATABASE_URL, its database and extensions; take PUBLIC's rights away."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folder = os.environ.get("SECRETS_DIR") or None
        kept = Path(folder, "superuser_url") if folder else None
        superuser = os.environ.get("SUPERUSER_URL") or (kept.read_text().strip() if kept and kept.exists() else "")
        if not superuser:
            raise CommandError("SUPERUSER_URL (or a file superuser_url in SECRETS_DIR) is needed: postgresql://…")
        here = settings.DATABASES["default"]
        if missing := [name for name in ("USER", "PASSWORD", "NAME") if not here[name]]:
            # An owner without a password could never sign in, or could be anybody where the cluster trusts its hosts.
            raise CommandError(
                f"DATABASE_URL 里缺 {'、'.join(missing)}：要写成 postgresql://属主:密码@主机:端口/库名。什么都没有建立。\n"
                f"DATABASE_URL lacks {', '.join(missing)}: write postgresql://owner:password@host:port/name."
                " Nothing was made."
            )
        owner = f"{quote(str(here['USER']), safe='')}:{quote(str(here['PASSWORD']), safe='')}"
        setup_database(superuser, f"postgresql://{owner}@{here['HOST']}:{here['PORT']}/{here['NAME']}")
        self.stdout.write("made")
