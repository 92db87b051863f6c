"""Pictures lose most of their bytes and no colour that means something."""

import io

from PIL import Image

from screenshots.palette import reduced

RED, GREEN = (166, 27, 15), (0, 112, 95)


def painted() -> bytes:
    """A picture of many greys and a few points in the colours of states."""
    picture = Image.new("RGB", (400, 300))
    picture.putdata([(180 + n % 61,) * 3 for n in range(400 * 300)])
    for n, colour in enumerate((RED, GREEN)):
        picture.paste(colour, (10 + 20 * n, 10, 16 + 20 * n, 16))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_reduced_picture_is_smaller_and_keeps_the_colours_of_states():
    before = painted()
    after = reduced(before)
    assert len(after) < len(before) / 2
    with Image.open(io.BytesIO(after)) as picture:
        shown = picture.convert("RGB")
    for n, colour in enumerate((RED, GREEN)):
        seen = shown.getpixel((12 + 20 * n, 12))
        assert isinstance(seen, tuple)
        assert max(abs(one - other) for one, other in zip(seen, colour, strict=True)) <= 8
