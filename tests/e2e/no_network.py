"""`python no_network.py [--refuse] COMMAND...`: run a command that the kernel ends, with all its children, if it asks
for a network socket; with --refuse it only gets none (Linux, seccomp).  Native libraries are held to it too."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

_SOCKET = {"x86_64": 41, "aarch64": 198}
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL, _EACCES = 0x7FFF0000, 0x80000000, 0x00050000 | 13
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_AF_INET, _AF_INET6 = 2, 10


def refuse_network(answer: int) -> bool:
    """False where the system has no such thing."""
    number = _SOCKET.get(platform.machine())
    if sys.platform != "linux" or number is None:
        return False
    program = [
        (_LOAD, 0, 0, 0),  # the call's number
        (_IF_EQUAL, 0, 3, number),
        (_LOAD, 0, 0, 16),  # its first argument, the family
        (_IF_EQUAL, 2, 0, _AF_INET),
        (_IF_EQUAL, 1, 0, _AF_INET6),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, answer),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    described = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    system = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    return bool(
        system.prctl(_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero) == 0
        and system.prctl(_SECCOMP, ctypes.c_ulong(_FILTER), described, zero, zero) == 0
    )


if __name__ == "__main__":
    refuse, *command = sys.argv[1:] if sys.argv[1] == "--refuse" else ["", *sys.argv[1:]]
    if not refuse_network(_EACCES if refuse else _KILL):
        sys.exit(77)
    os.execvp(command[0], command)
