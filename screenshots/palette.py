"""PNGs of few colours: a page has few, so that a picture of it need not have many. Pure."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Colours = NDArray[Any]
EXACT, ALIKE = 64, 128  # colours of areas, to the bit; colours of edges and of rare marks, about right


def reduced(png: bytes) -> bytes:
    """The same picture with a palette. Areas keep their colour to the bit; edges and rare marks nearly."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    pixels = np.asarray(picture, dtype=np.int32)
    packed = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    palette = np.concatenate([_rgb(colours[np.argsort(-counts)[:EXACT]]), _alike(picture)])[: EXACT + ALIKE]
    nearest = np.concatenate([_nearest(part, palette) for part in np.array_split(_rgb(colours), 32)])
    few = Image.fromarray(nearest[places].reshape(packed.shape).astype(np.uint8), "P")
    few.putpalette(palette.astype(np.uint8).tobytes())
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _alike(picture: Image.Image) -> Colours:
    """Colours that come near every one of the picture, however rare: states are among the rare."""
    found = picture.quantize(ALIKE, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette() or []
    return np.array(found, dtype=np.int32).reshape(-1, 3)


def _rgb(packed: Colours) -> Colours:
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1)


def _nearest(colours: Colours, palette: Colours) -> Colours:
    """Of each colour, which of the palette is nearest. Pillow would look it up by six bits a channel."""
    distances: Colours = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    indices: Colours = np.argmin(distances, axis=1)
    return indices
