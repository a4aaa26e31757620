"""The tables, in Markdown, as README can take them."""

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.load.measuring import Load, Row, number

_VERDICTS = {True: "yes", False: "**no**", None: ""}


def machine() -> str:
    import django
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = str(cursor.fetchone()[0]).split()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB;"
        f" Linux {platform.release()}, Python {platform.python_version()},"
        f" Django {django.get_version()}, PostgreSQL {postgres};"
        " gunicorn with 2 workers of 4 threads"
    )


def table(rows: Sequence[Row]) -> str:
    lines = [
        "| what | target | measured | from–to | CPU, ms: application + PostgreSQL | reached |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [row.what, row.target, row.measured, row.spread, row.cpu]
        lines.append(f"| {' | '.join([*cells, _VERDICTS[row.is_good]])} |")
    return "\n".join(lines)


def costs(load: Load) -> str:
    """CPU of the application and, behind the plus, of PostgreSQL."""
    sizes = load.sizes
    lines = [
        f"| ms of CPU, application + PostgreSQL | {' | '.join(f'{size:,}' for size in sizes)} |",
        f"|---{'|---' * len(sizes)}|",
    ]
    for kind, by_size in load.costs.items():
        cells = [" + ".join(number(part) for part in by_size[size]) for size in sizes]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _processor() -> str:
    info = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def command() -> str:
    return " ".join(["bin/load", *sys.argv[1:]])
