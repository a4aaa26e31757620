"""What processes use, as the kernel counts it: those of a server, and all that it has started."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class _Process:
    parent: int
    seconds: float  # of its own, and of children that have ended


def cpu_seconds(top: int) -> float:
    """User and system time of the process and everything below it."""
    processes = _processes()
    return sum(processes[pid].seconds for pid in _below(top, processes))


def shared_once_mib(top: int) -> float:
    """Memory, each page divided by the processes that share it (PSS)."""
    return sum(_pss(pid) for pid in _below(top, _processes())) / 1024


def _below(top: int, processes: dict[int, _Process]) -> list[int]:
    found, waiting = [], [top]
    while waiting:
        pid = waiting.pop()
        if pid not in processes:
            raise RuntimeError(f"The process {pid} has ended: this measures nothing.")
        found.append(pid)
        waiting += [each for each, process in processes.items() if process.parent == pid]
    return found


def _processes() -> dict[int, _Process]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                text = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            # The name before it stands in brackets, and may have spaces and brackets itself.
            fields = text.rpartition(")")[2].split()
            ticks = sum(int(each) for each in fields[11:15])
            found[int(folder.name)] = _Process(int(fields[1]), ticks / _TICK)
    return found


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
