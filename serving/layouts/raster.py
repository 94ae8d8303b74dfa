"""A picture of millions of points as PNG, by NumPy and zlib."""

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
# Okabe and Ito's colours, which people with any kind of colour blindness tell apart. Yellow is too pale on white, and left out.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#999999")
FULL = 0.9  # colour of a pixel with as many points as the densest hundredth of the pixels that have any


def rgb(colour: str) -> tuple[int, int, int]:
    """The parts of a colour.

    >>> rgb("#0072B2")
    (0, 114, 178)
    """
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def draw_points(
    x: Numbers, y: Numbers, code: Numbers, colours: Sequence[str], size: int, extent: float, background: str | None = "#FFFFFF"
) -> Numbers:
    """An image (size x size x 3, bytes) of points from -extent to extent, y upwards; `code` is the number of a point's colour.

    A pixel has the mean colour of its points; with more points it is closer to that colour, and further from the background. Without a
    background, that is the fourth part of each pixel.
    """
    column = np.clip(((x + extent) / (2 * extent) * size).astype(np.int64), 0, size - 1)
    row = np.clip(((extent - y) / (2 * extent) * size).astype(np.int64), 0, size - 1)
    pixel = row * size + column
    points = np.bincount(pixel, minlength=size * size)
    used = np.flatnonzero(points)
    count = points[used]
    image = np.zeros((size * size, 3 if background else 4), dtype=np.uint8)
    if background:
        image[:] = rgb(background)
    if used.size:
        dense = max(float(np.quantile(count, 0.99)), 1.0)
        strength = (1 - (1 - FULL) ** ((count / dense) ** 0.5))[:, None]
        palette = np.array([rgb(colour) for colour in colours], dtype=np.float64)
        means = [np.bincount(pixel, weights=palette[code, part], minlength=size * size)[used] / count for part in range(3)]
        if background:
            image[used] = np.rint(np.column_stack(means) * strength + np.array(rgb(background)) * (1 - strength))
        else:
            image[used] = np.rint(np.column_stack([*means, 255 * strength]))
    return image.reshape(size, size, -1)


def png_bytes(image: Numbers) -> bytes:
    """An image (height x width x 3, with transparency 4, bytes) as a PNG file."""
    height, width, parts = image.shape
    lines = np.zeros((height, width * parts + 1), dtype=np.uint8)  # each begins with its filter: none
    lines[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if parts == 3 else 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
