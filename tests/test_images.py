"""The picture of a consultation: made anew from what was uploaded, and who may see it."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from discussions import images
from discussions.images import ImageRefusedError, made_anew
from discussions.models import Consultation, ConsultationImage
from tests import cast
from tests.conftest import Answer, in_staff_session, signed_in
from tests.pages import words
from tests.prepared import change_page, form_of

pytestmark = pytest.mark.django_db
SECRET = b"51.5074 north, taken by Ada"


def a_picture(form: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#14345c").save(out, form, **options)
    return out.getvalue()


def made(content: bytes) -> images.Picture:
    return made_anew(BytesIO(content), len(content))


def opened(picture: images.Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_is_made_anew_as_webp(form: str) -> None:
    picture = made(a_picture(form))
    assert opened(picture).format == "WEBP"
    assert (picture.width, picture.height) == opened(picture).size == (60, 40)


def test_it_is_turned_and_nothing_of_the_camera_is_in_it() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()
    source = a_picture("JPEG", exif=exif, icc_profile=SECRET, comment=SECRET)
    assert source.count(SECRET) == 3
    picture = made(source + SECRET)
    assert (picture.width, picture.height) == (40, 60)
    assert SECRET not in picture.content
    for mark in (b"EXIF", b"ICCP", b"XMP "):
        assert mark not in picture.content


@pytest.mark.parametrize(
    ("size", "fits"), [((3200, 800), (1600, 400)), ((900, 3600), (400, 1600)), ((50, 50), (50, 50))]
)
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_it_is_shrunk_and_never_blown_up(
    form: str, size: tuple[int, int], fits: tuple[int, int]
) -> None:
    assert opened(made(a_picture(form, size))).size == fits


def test_what_one_sees_through_stays_so() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(made(out.getvalue())).getpixel((5, 5))[3] == 0  # type: ignore[index]


def a_bomb(width: int, height: int) -> bytes:
    """A PNG that says it is so large, in a few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000)

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8_000, 5_001), (12_000, 8_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "convert", None)
    with pytest.raises(ImageRefusedError, match="40 million pixels"):
        made(a_bomb(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        b"GIF89a" + b"\0" * 50,
        a_picture("GIF"),
        a_picture("TIFF"),
        a_picture("JPEG", (300, 300))[:400],
        a_picture("PNG", (300, 300))[:-30],
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 50,
        a_bomb(100, 100),
        b"RIFF\x10\0\0\0WEBPVP8 broken",
    ],
)
def test_what_is_no_picture_gets_a_sentence(content: bytes) -> None:
    with pytest.raises(ImageRefusedError, match="no picture that we can read"):
        made(content)


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(ImageRefusedError, match="larger than 10 MB"):
        made_anew(None, images.MOST_BYTES + 1)  # type: ignore[arg-type]


# In the form.


@pytest.fixture
def desk(db: None) -> Client:
    cast.consultation(cast.DRAFT)
    return in_staff_session(cast.desk())


def send(desk: Client, content: bytes | None = None, **typed: str) -> Answer:
    page = change_page(Consultation.objects.get())
    sent = form_of(desk, page) | typed
    if content is not None:
        sent["picture"] = SimpleUploadedFile("../a.png", content, "image/png")
    return desk.post(page, sent, follow=True)


def test_a_picture_needs_words_for_who_cannot_see_it(desk: Client) -> None:
    told = words(send(desk, a_picture(), why_now="Kept."))
    assert "Say what the picture shows" in told
    assert not ConsultationImage.objects.exists()
    send(desk, a_picture(), picture_alt="A lamp.")
    image = ConsultationImage.objects.get()
    assert image.alt == "A lamp."
    assert "Say what the picture shows" in words(send(desk, picture_alt=" "))
    send(desk, picture_alt="Two lamps.")
    assert ConsultationImage.objects.get().alt == "Two lamps."
    send(desk, a_picture(size=(30, 30)))
    replaced = ConsultationImage.objects.get()
    assert (replaced.width, replaced.alt) == (30, "Two lamps.")
    assert replaced.digest != image.digest
    send(desk, picture_away="on")
    assert not ConsultationImage.objects.exists()


def test_what_is_no_picture_is_told_in_the_form_and_the_rest_is_kept(desk: Client) -> None:
    answer = send(desk, b"hello", picture_alt="A lamp.", why_now="Kept words.")
    assert "This is no picture that we can read." in words(answer)
    assert b"Kept words." in answer.content
    assert not ConsultationImage.objects.exists()


# At its address.


def pictured(slug: str) -> str:
    found = cast.consultation(slug)
    images.keep(found, made(a_picture()), "A lamp.")
    return f"/consultations/{slug}/image/{found.image.digest}/"


def test_everybody_sees_the_picture_of_a_published_one_and_may_keep_it() -> None:
    path = pictured(cast.OPEN)
    for client in (Client(), signed_in(cast.ben())):
        answer = client.get(path)
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert Image.open(BytesIO(answer.content)).size == (60, 40)
    assert Client().get(path.replace(cast.OPEN, "other")).status_code == 404


def test_a10_the_picture_of_a_draft_is_as_if_it_never_existed() -> None:
    path = pictured(cast.DRAFT)
    never = f"/consultations/{cast.DRAFT}/image/{'0' * 64}/"
    # Staff without that permission, and staff who have not shown their second factor.
    strangers = (
        Client(),
        signed_in(cast.ben()),
        in_staff_session(cast.mo()),
        signed_in(cast.desk()),
    )
    for client in strangers:
        hidden, absent = client.get(path), client.get(never)
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content == absent.content
    for staff in (cast.desk(), cast.analyst(), cast.moderator()):
        answer = in_staff_session(staff).get(path)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


def test_the_page_shows_it_with_its_size_and_costs_no_query_more() -> None:
    cast.consultation(cast.OPEN)
    page = f"/consultations/{cast.OPEN}/"
    Client().get(page)  # what the process keeps is known from here on
    with CaptureQueriesContext(connection) as without:
        Client().get(page)
    path = pictured(cast.OPEN)
    with CaptureQueriesContext(connection) as pictured_queries:
        answer = Client().get(page)
    assert f'src="{path}" alt="A lamp." width="60" height="40"' in answer.content.decode()
    assert len(pictured_queries) == len(without) <= 2
    assert all('"content"' not in each["sql"] for each in pictured_queries.captured_queries)
