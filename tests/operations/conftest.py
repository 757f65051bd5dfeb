"""Logins belong to the whole cluster, which all workers of a run share: what makes and drops them is one worker's."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from operations import procedures
from operations.models import Step

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the group in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("logins"))


def killed_after_each_step(work: Callable[[], object]) -> int:
    """Run `work` in processes that die (-9) when a step is done and not yet noted; the next one goes on from there.

    So every step is repeated once after it was done. Returns how many died before one came to the end.
    """
    deaths = 0
    while (code := _in_a_process(work)) == -signal.SIGKILL:
        deaths += 1
        assert deaths < 40
    assert code == 0
    return deaths


def _in_a_process(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        real = procedures._note

        def note(act, step, found):
            if not act.again and Step.objects.get(pk=step.pk).tries == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            real(act, step, found)

        procedures._note = note
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(3)
