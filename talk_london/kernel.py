"""What Python leaves to the Linux kernel: a child that ends with its parent, and capabilities.

For code between fork and exec. Elsewhere than on Linux a child may outlive its parent.
"""

import ctypes
import os
import signal
import sys

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT = 1, 28, 47
_PR_CAP_AMBIENT_RAISE = 2
_PR_SET_CHILD_SUBREAPER = 36
_SECBIT_NO_SETUID_FIXUP = 4
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """The kernel sends the signal when the parent ends."""
    if _libc is None:
        return
    _prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Processes below this one become its own children when their parents end."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def keep_capabilities() -> None:
    """Through a change of user, and in access(2), with which initdb looks for postgres."""
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)


def keep_only_dac_override() -> None:
    """Nothing may be permitted beyond what is ambient: the kernel would take such a process for
    one with higher rights than its caller's and forget its death signal."""
    bit = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Effective, permitted, inheritable; then the same for capabilities above 31.
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc is None or _libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if _libc is None or _libc.prctl(option, *padded):
        raise OSError(ctypes.get_errno(), "prctl")
