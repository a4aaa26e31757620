"""Static files for serving: hashed names, and one file per kind instead of many.

Style sheets and scripts are written in small files, one per component or behaviour. An entry file
imports the others (`@import "x.css" layer(y);`, `import "./x.js";`); in the copy that is
served, each import is replaced by the file it names, so that a first visit costs two requests.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_CSS_IMPORT = re.compile(r'@import "(?P<file>[\w./-]+\.css)"(?: layer\((?P<layer>[\w-]+)\))?;')
_JS_IMPORT = re.compile(r'^import "(?P<file>\./[\w./-]+\.js)";$', re.MULTILINE)

ENTRIES = ("css/site.css", "css/archive.css", "js/site.js")


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    def post_process(
        self,
        paths: dict[str, Any],
        dry_run: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        if not dry_run:
            for entry in ENTRIES:
                if entry in paths:
                    self.delete(entry)
                    self._save(entry, ContentFile(bundled(entry).encode()))
                    paths[entry] = (self, entry)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def bundled(entry: str) -> str:
    """The text of an entry file with its imports in place."""
    found = finders.find(entry)
    if found is None:
        raise FileNotFoundError(entry)
    source = Path(found).read_text()
    folder = PurePosixPath(entry).parent
    if entry.endswith(".js"):
        return _JS_IMPORT.sub(lambda match: f"{{\n{_part(folder, match)}}}", source)
    return _CSS_IMPORT.sub(lambda match: _layered(_part(folder, match), match["layer"]), source)


def _part(folder: PurePosixPath, match: re.Match[str]) -> str:
    return bundled(str(folder / match["file"].removeprefix("./")))


def _layered(css: str, layer: str | None) -> str:
    return f"@layer {layer} {{\n{css}}}\n" if layer else css
