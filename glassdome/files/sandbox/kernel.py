"""System calls that no library of Python offers: prctl, Landlock and seccomp (Linux on x86_64 and aarch64)."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import Final

from glassdome.files.sandbox.calls import ALLOWED, ARCHES

__all__ = ["NoSandbox", "die_with_parent", "forbid_files", "forbid_system_calls", "give_up_privileges"]

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_RET_ALLOW, _RET_ERRNO = 0x7FFF0000, 0x00050000
_KILL = 9
#: Loads a word of the call's data, compares, returns (linux/bpf_common.h).
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
#: Offsets of the call's number and of its architecture (struct seccomp_data).
_NUMBER, _ARCH = 0, 4
#: Calls of the x32 interface have this bit.
_X32: Final = 0x40000000
#: landlock_create_ruleset and landlock_restrict_self, the same on every architecture.
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
#: Rights over files that each version of Landlock knows, counted from the first.
_FILE_RIGHTS: Final = (13, 14, 15, 15, 16)
#: The version from which on it knows of connections: bind and connect of TCP.
_NET_VERSION, _NET_RIGHTS = 4, 3


class NoSandbox(OSError):
    """The kernel refuses a part of the sandbox; its text says which."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, argument: int, pointer: object = 0, *, doing: str) -> None:
    zero = ctypes.c_ulong(0)
    if _libc().prctl(option, ctypes.c_ulong(argument), pointer or zero, zero, zero) != 0:
        raise NoSandbox(f"{doing}: {os.strerror(ctypes.get_errno())}")


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; exit if it has ended already."""
    _prctl(_PR_SET_PDEATHSIG, _KILL, doing="end with the parent")
    if os.getppid() != parent:
        os._exit(0)


def give_up_privileges() -> None:
    """Take no privilege from any program ever run, and let no other process look into this one."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, doing="no new privileges")
    _prctl(_PR_SET_DUMPABLE, 0, doing="no dumps")


def forbid_files() -> bool:
    """Forbid all access to files and TCP by Landlock; return False where the kernel has none."""
    libc = _libc()
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS[min(version, len(_FILE_RIGHTS)) - 1]) - 1
    attributes = struct.pack("=QQ", rights, _NET_RIGHTS)[: 16 if version >= _NET_VERSION else 8]
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    restricted = libc.syscall(_LANDLOCK_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
    os.close(ruleset)
    return bool(restricted)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def forbid_system_calls() -> None:
    """Refuse every system call but the few that computing needs (seccomp); raises NoSandbox."""
    machine = platform.machine()
    if machine not in ARCHES:
        raise NoSandbox(f"seccomp: no list of system calls for {machine}")
    code = _filter(machine)
    program = _Program(len(code) // 8, code)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), doing="seccomp")


def _filter(machine: str) -> bytes:
    """Return the program (struct sock_filter): allowed numbers, EPERM for the rest, also for other architectures."""
    column, audit = ARCHES[machine]
    numbers = sorted(number for row in ALLOWED.values() if (number := row[column]) is not None)
    refuse, allow = _op(_RETURN, _RET_ERRNO | errno.EPERM), _op(_RETURN, _RET_ALLOW)
    # Each comparison falls through to the next one; the last but one instruction refuses, the last one allows.
    tests = [_op(_EQUAL, number, true=len(numbers) - place) for place, number in enumerate(numbers)]
    head = [
        _op(_LOAD, _ARCH),
        _op(_EQUAL, audit, true=1),
        refuse,
        _op(_LOAD, _NUMBER),
        _op(_AT_LEAST, _X32, true=len(numbers)),
    ]
    return b"".join([*head, *tests, refuse, allow])


def _op(code: int, value: int, *, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)
