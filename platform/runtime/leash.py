"""Run a command that ends when its parent ends, optionally as another user.

    python -I -S leash.py PARENT_PID SIGNAL UID GID COMMAND [ARGUMENT...]

UID and GID are numbers, or `-` to stay who we are. A helper process instead of `preexec_fn`, which can deadlock in a
parent with threads. The signal is asked for after the change of user, because the kernel forgets it at that change.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Replace this process by the command. Ends with 125 if the parent is gone already, 1 if the command is missing."""
    parent, signal_number, uid, gid = argv[:4]
    command = argv[4:]
    if uid != "-":
        os.setgroups([int(gid)])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(125)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
