"""Writing with headings, lists and links. Without scripts: a box that takes plain text or HTML."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions.markup import plain_html


class RichTextWidget(forms.Textarea):
    """For a RichTextField, which makes safe whatever comes of it."""

    class Media:
        css = {"all": ("css/admin/rich.css",)}
        js = (forms.Script("js/admin/rich.js", type="module"),)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 12, "class": "vLargeTextField", **(attrs or {})})

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        words = json.dumps({name: str(text) for name, text in _WORDS.items()})
        return super().build_attrs(base_attrs, extra_attrs) | {"data-rich": words}

    def use_required_attribute(self, _initial: object) -> bool:
        """The browser could not point at a box that the script has put aside."""
        return False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ANN401 - Django's signature
        """Plain text keeps its paragraphs."""
        text = super().value_from_datadict(data, files, name)
        return plain_html(text) if isinstance(text, str) and "<" not in text else text


_WORDS = {
    "tools": _("Formatting"),
    "bold": _("Bold"),
    "heading": _("Heading"),
    "list": _("List"),
    "link": _("Link"),
    "address": _("Address of the link"),
    "apply": _("Set link"),
    "unlink": _("Without link"),
}
