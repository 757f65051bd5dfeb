"""What several machines must share, looked at when one of them starts.

`manage.py check --deploy` names keys that were made on this machine alone. A web process whose folder of unfinished
uploads is not that of the others says so when it starts: photos then begin anew at the next machine, and none is lost.
"""

from __future__ import annotations

import logging
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.utils.translation import gettext as _

from gateway import valkey

log = logging.getLogger(__name__)
KEYS = ("secret_key", "master_key")


@register(Tags.security, deploy=True)
def keys_are_given(**_more: Any) -> list[CheckMessage]:
    """Keys made here are known to this machine alone; another would read no session and enter no database."""
    made = [name.upper() for name in KEYS if Path(settings.VAR_DIR, "keys", name).exists()]
    if settings.DEMO or not made:
        return []
    said = _("{names} 是在这台机器上自动生成的：另一台机器无法读取会话，也登录不了数据库。").format(
        names=" · ".join(made)
    )
    return [Warning(said, hint=_("请在所有机器上设置相同的 SECRET_KEY 和 MASTER_KEY。"), id="evidence.W001")]


def place_of_parts() -> str:
    """The name of this machine's folder of unfinished uploads, made once: two machines that share it read the same."""
    folder = Path(settings.OBJECTS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with (folder / ".place").open("x") as file:
            file.write(uuid.uuid4().hex)
    except FileExistsError:
        pass
    return (folder / ".place").read_text()


def parts_are_shared() -> bool:
    """Whether this machine's folder of unfinished uploads is the one that the first machine named. Says so if not."""
    server, here = valkey.client(), place_of_parts()
    if server is None:
        return True
    key = f"{settings.DATABASE_PREFIX}place-of-parts"
    try:
        server.set(key, here, nx=True)
        there: Any = server.get(key)
    except valkey.AWAY as error:
        valkey.failed(error, "whether uploads are shared is not known")
        return True
    if there is None or there.decode() == here:
        return True
    log.warning(
        "%s is not shared with the other web machines: share it, or send one person to one machine",
        settings.OBJECTS_DIR,
    )
    return False
