"""One word per thing: what happens to a comment has four names, and these are none of them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted(ROOT.glob("templates/**/*.txt"))
# A mail can fetch no style sheet, nor does it come with our content security policy.
NO_PAGE = ROOT / "templates" / "accounts" / "mail" / "letter.html"
OTHER_WORDS = re.compile(r"\b(delet|remov|flagg|censor)\w*|\bflags?\b", re.IGNORECASE)


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_say_withdraw_hide_restore_approve(page: Path) -> None:
    assert not OTHER_WORDS.findall(page.read_text())


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_have_no_inline_style_or_script(page: Path) -> None:
    text = page.read_text()
    if page == NO_PAGE:
        text = text.replace("<style>", "", 1)
    assert not re.search(r"\sstyle=|\son\w+=\"|<style|javascript:", text)
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
