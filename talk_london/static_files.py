"""Static files for serving: hashed names, and one file per kind instead of many.

Style sheets and scripts are written in small files, one per component or behaviour. An entry file
imports the others (`@import "x.css" layer(y);`, `import "./x.js";`); in the copy that is
served, each import is replaced by the file it names, so that a first visit costs two requests,
and what only its writers need is left out: comments and indentation, a sixth of the bytes.
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

# Kept as it is: a string may hold what looks like a comment, or spaces that count.
_CSS_COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|(?P<string>"(?:\\.|[^"\\])*")', re.DOTALL)
_CSS_AROUND_SIGNS = re.compile(r" ?([{};,]) ?")
_CSS_AFTER_PROPERTY = re.compile(r"(?<=[{;])([\w-]+): ")
_JS_COMMENT_OR_INDENT = re.compile(r"^(?:[ \t]*//.*\n|[ \t]+)", re.MULTILINE)

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
                    self._save(entry, ContentFile(reduced(entry).encode()))
                    paths[entry] = (self, entry)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def reduced(entry: str) -> str:
    """What browsers get: the bundle in fewer bytes."""
    text = bundled(entry)
    return small_script(text) if entry.endswith(".js") else small_style(text)


def small_style(css: str) -> str:
    """The same rules. Only what any style sheet may do without: no value is written anew."""
    strings: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        if match["string"] is None:
            return ""
        strings.append(match["string"])
        return f"\0{len(strings) - 1}\0"

    css = " ".join(_CSS_COMMENT_OR_STRING.sub(set_aside, css).split())
    css = _CSS_AROUND_SIGNS.sub(r"\1", css).replace(";}", "}")
    css = _CSS_AFTER_PROPERTY.sub(r"\1:", css)
    return re.sub(r"\0(\d+)\0", lambda match: strings[int(match[1])], css)


def small_script(js: str) -> str:
    """The same lines without indentation, and none that is only a comment.

    Raises ValueError where a text goes over lines, in which either would count.
    """
    for line in js.splitlines():
        if line.count("`") % 2:
            raise ValueError(f"A text over lines cannot be served smaller: {line.strip()}")
    return _JS_COMMENT_OR_INDENT.sub("", js)


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
