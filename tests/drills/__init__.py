"""Measurements that take minutes. Each is a module with a `main`, which says how it ended."""

import importlib
import sys
from pathlib import Path

_NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
_NO_DRILLS = {"service"}


def run(words: list[str]) -> int:
    names = [name for name in _NAMES if name not in _NO_DRILLS]
    if len(words) != 1 or words[0] not in names:
        print(f"Name one drill: {', '.join(names)}", file=sys.stderr)
        return 2
    code: int = importlib.import_module(f"tests.drills.{words[0]}").main()
    return code
