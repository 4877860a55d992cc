"""What a drawing leaves in memory until Python looks for circles of references."""

import gc
from collections import Counter
from collections.abc import Callable

from matplotlib.artist import Artist
from matplotlib.backend_bases import FigureCanvasBase, RendererBase

_DRAWN = (Artist, FigureCanvasBase, RendererBase)


def left_behind(draw: Callable[[], object]) -> Counter[str]:
    """Count the parts of figures that a drawing leaves, by their kind."""
    draw()
    gc.collect()
    gc.disable()
    try:
        before = _drawn()
        draw()
        return _drawn() - before
    finally:
        gc.enable()


def _drawn() -> Counter[str]:
    return Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, _DRAWN))
