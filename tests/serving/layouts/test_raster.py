from io import BytesIO

import numpy as np
from PIL import Image

from hublake.serving.layouts.raster import draw_points, png_bytes


def test_points_are_drawn_in_their_colour_with_y_upwards_and_read_back_as_png() -> None:
    drawn = draw_points(np.array([-1.0, 1.0, 1.0]), np.array([1.0, -1.0, -1.0]), np.array([0, 1, 1]), ["#FF0000", "#0000FF"], 4, 1.0)
    image = np.asarray(Image.open(BytesIO(png_bytes(drawn))))
    assert np.array_equal(image, drawn)
    assert image[0, 0, 0] > image[0, 0, 2]
    assert image[3, 3, 2] > image[3, 3, 0]
    assert (image[1:3, 1:3] == 255).all()


def test_a_pixel_mixes_the_colours_of_its_points_and_an_empty_picture_is_background() -> None:
    mixed = draw_points(np.zeros(2), np.zeros(2), np.array([0, 1]), ["#FF0000", "#0000FF"], 3, 1.0, "#000000")
    red, green, blue = mixed[1, 1]
    assert red == blue > green
    assert (draw_points(np.zeros(0), np.zeros(0), np.zeros(0, dtype=int), ["#FF0000"], 3, 1.0, "#123456") == (18, 52, 86)).all()


def test_without_a_background_a_pixel_has_the_colour_of_its_points_and_is_transparent_where_there_is_none() -> None:
    drawn = draw_points(np.zeros(1), np.zeros(1), np.array([0]), ["#FF0000"], 3, 1.0, None)
    image = np.asarray(Image.open(BytesIO(png_bytes(drawn))))
    assert np.array_equal(image, drawn)
    assert image[1, 1, :3].tolist() == [255, 0, 0] and image[1, 1, 3] > 200
    assert image[..., 3].sum() == image[1, 1, 3]
