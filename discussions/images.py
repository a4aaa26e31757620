"""Pictures that staff upload, made anew: turned, shrunk, and without what a camera adds.

Pillow is imported by whom it is needed: it is megabytes, in web processes that hardly ever do.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext_lazy as _

from discussions.models import Consultation, ConsultationImage

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
FITS = (1600, 1600)
CONTENT_TYPE = "image/webp"
ACCEPTED = ("image/jpeg", "image/png", CONTENT_TYPE)
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82


class ImageRefusedError(Exception):
    """Its text is a sentence for whoever uploaded it."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def made_anew(upload: BinaryIO, size: int) -> Picture:
    """Raises ImageRefusedError."""
    from PIL import Image

    if size > MOST_BYTES:
        raise ImageRefusedError(_("The picture is larger than 10 MB. Please save a smaller one."))
    try:
        with Image.open(upload, formats=_FORMATS) as opened:
            # Nothing has been unpacked yet: a small file can hold a picture that fills the memory.
            if opened.width * opened.height > MOST_PIXELS:
                raise ImageRefusedError(_TOO_MANY_PIXELS)
            return _picture(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefusedError(_TOO_MANY_PIXELS) from error
    except _BROKEN as error:
        raise ImageRefusedError(
            _("This is no picture that we can read. Please use a JPEG, PNG or WebP file.")
        ) from error


def keep(consultation: Consultation, picture: Picture, alt: str) -> None:
    """In place of the one that it has."""
    ConsultationImage.objects.update_or_create(
        consultation=consultation,
        defaults={
            "alt": alt,
            "content": picture.content,
            "width": picture.width,
            "height": picture.height,
            "digest": picture.digest,
        },
    )


_TOO_MANY_PIXELS = _("The picture has more than 40 million pixels. Please save a smaller one.")
# All that Pillow is known to raise at files that are none of these, or broken ones.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, OverflowError)


def _picture(opened: "Image.Image") -> Picture:
    from PIL import Image, ImageOps

    opened.draft("RGB", FITS)  # of a JPEG, no more is unpacked than is needed
    turned = ImageOps.exif_transpose(opened)
    drawn = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    drawn.thumbnail(FITS, Image.Resampling.LANCZOS)
    out = BytesIO()
    # Told to keep none, as Pillow would else take what the picture came with.
    drawn.save(out, "WEBP", quality=_QUALITY, exif=b"", xmp=b"", icc_profile=None)
    return Picture(out.getvalue(), drawn.width, drawn.height)
