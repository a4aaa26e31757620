"""gunicorn.conf.py without what it does for the service alone (`when_ready`): a configuration for
gunicorn's -c."""

import runpy
from pathlib import Path

_OURS = runpy.run_path(str(Path(__file__).resolve().parents[3] / "gunicorn.conf.py"))
globals().update({name: value for name, value in _OURS.items() if not callable(value)})
