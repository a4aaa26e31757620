"""What the environment lacks for trying and working on one's own machine."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> Path:
    """Sets what nobody has set, and returns the folder of local data."""
    data = Path(os.environ.get("TALK_LONDON_DATA") or ROOT / "var").absolute()
    data.mkdir(parents=True, exist_ok=True)
    os.environ["TALK_LONDON_DATA"] = str(data)
    os.environ.setdefault("TALK_LONDON_LOCAL", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talk_london.settings")
    for name, file in (("SECRET_KEY", "secret-key"), ("ENCRYPTION_KEYS", "encryption-key")):
        if not os.environ.get(name):
            os.environ[name] = _random_key(data / file)
    return data


def _random_key(path: Path) -> str:
    """Two who make it at once end up with the same: only one link succeeds."""
    if not path.exists():
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_text()
