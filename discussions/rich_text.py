"""Texts by staff with headings, lists and links: whatever is pasted, only harmless HTML is kept."""

import re
from html import unescape

import nh3
from django.db import models
from django.utils.safestring import SafeString, mark_safe

# h2 belongs to our pages.
_TAGS = {"p", "br", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "a"}
_SCHEMES = {"http", "https", "mailto", "tel"}
# A table becomes lines, whose cells stay apart.
_ENDS = (
    (re.compile(r"</t[dh]\s*>", re.IGNORECASE), " "),
    (re.compile(r"</tr\s*>", re.IGNORECASE), "<br>"),
)
_LEADS_NOWHERE = re.compile(r'<a rel="noopener">(.*?)</a>', re.DOTALL)


class RichTextField(models.TextField[str, str]):
    """Made safe whenever it is saved (not by QuerySet.update)."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 - Django's signature
        safe = clean_html(str(super().pre_save(model_instance, add)))
        setattr(model_instance, self.attname, safe)
        return safe


def clean_html(source: str) -> str:
    for end, instead in _ENDS:
        source = end.sub(instead, source)
    safe = nh3.clean(
        source,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return _LEADS_NOWHERE.sub(r"\1", safe).strip()


def shown(source: str) -> SafeString:
    """As a page shows it; made safe once more, for rows that were stored some other way."""
    return mark_safe(clean_html(source))  # noqa: S308 - made safe here


def as_text(source: str) -> str:
    """Its words alone, for mails and lists: a line for each paragraph and each item."""
    in_lines = re.sub(r"<br>|</(?:p|li|h3|h4|blockquote)>", r"\g<0>\n", clean_html(source))
    text = unescape(nh3.clean(in_lines, tags=set()))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
