"""A share that fills again evenly: who has used it all waits for one piece at a time, not until midnight.

Each tenant and kind is one moment in Valkey: when all that was taken will have filled again (the generic cell rate
algorithm). It may be lost: then everybody starts afresh.
"""

from __future__ import annotations

import math
import time
from typing import cast

from billing_free.quotas.kinds import KINDS, Kind
from federation.contracts.addresses import Address
from gateway import limits, valkey

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local after = full + tonumber(ARGV[1])
local wait = after - now - tonumber(ARGV[2])
if wait <= 0 or ARGV[3] == '1' then
  redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil(after - now))
end
return math.max(0, math.ceil(wait))
"""


def take(tenant: Address, kind: Kind, most: int, amount: int, *, queued: bool) -> int:
    """Take `amount` of a share. Seconds to wait, 0 when it was taken; what is queued is taken in any case.

    Without Valkey nobody waits.
    """
    server = valkey.client()
    if server is None:
        return 0
    window_ms = kind.window_s * 1000
    # More than a window holds passes when all of it is free; Valkey keeps nothing for 0 ms.
    cost_ms = max(1, min(window_ms, round(window_ms * amount / most)))
    try:
        wait_ms = valkey.run(server, _TAKE, [_key(tenant, kind)], [cost_ms, window_ms, int(queued)])
    except valkey.AWAY as error:
        valkey.failed(error, "fair use is not counted")
        return 0
    return math.ceil(cast("int", wait_ms) / 1000)


def used(tenant: Address, kind: Kind, most: int) -> int | None:
    """How much of a window's share is taken now. None: nobody counts, Valkey is away."""
    if kind.code == "api_calls":
        return limits.counted(sum_key(tenant))
    full_ms = _full_in_ms(tenant, kind)
    return None if full_ms is None else math.ceil(full_ms * most / (kind.window_s * 1000))


def wait_s(tenant: Address, kind: Kind, most: int) -> int:
    """How long one more would wait now."""
    if kind.code == "api_calls":
        return limits.WINDOW_S - int(time.time() % limits.WINDOW_S)
    full_ms = _full_in_ms(tenant, kind) or 0
    return max(0, math.ceil((full_ms + kind.window_s * 1000 / most) / 1000) - kind.window_s)


def _full_in_ms(tenant: Address, kind: Kind) -> int | None:
    server = valkey.client()
    if server is None or not kind.window_s:
        return None
    try:
        left = server.pttl(_key(tenant, kind))
    except valkey.AWAY as error:
        valkey.failed(error, "fair use is not counted")
        return None
    return max(0, left)


def sum_key(tenant: Address) -> str:
    """The counter of all calls of programs of a tenant."""
    return f"{tenant.seat.name}:sum:{tenant}"


def _key(tenant: Address, kind: Kind) -> str:
    assert kind.code in KINDS
    return f"fair:{kind.code}:{tenant}"
