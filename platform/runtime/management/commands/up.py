"""`manage.py up`: everything on this machine under one supervisor."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from runtime.messages import compile_messages
from runtime.seed import sign_ins
from runtime.up import House, Step, up

STEPS = (Step("prepare", "静态文件、数据库结构与样例", "static files, schemas and sample story", ("prepare",)),)
"""What must have succeeded before the servers start."""


class Command(BaseCommand):
    help = "启动全部：数据库、消息、网页、实时、任务；Ctrl-C 停止。Start everything; Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        compile_messages()
        code = up(STEPS, on_ready=self.greet)
        if code:
            sys.exit(code)

    def greet(self, house: House) -> None:
        """Print where to look and, in a demonstration, as whom."""
        where = f"http://{house.domain}"
        lines = ["", f"  查真假  {where}"]
        if settings.DEMO:
            lines.append("  演示：在首页点一位人物即可进入；也可用手机号加验证码登录。")
            lines.append("  Demonstration: tap a persona on the front page, or sign in by phone and code.")
            lines += [f"    {each.what:<14}{each.phone}  http://{each.host}.{house.domain}/" for each in sign_ins()]
            lines.append(f"  验证码 codes: http://gx.{house.domain}/dev/codes/")
        lines += ["  Ctrl-C 停止 stops everything", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
