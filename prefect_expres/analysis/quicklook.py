"""Draw the visible emission of simulations: time, frequency, and a colour for each source."""

import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch
from numpy.typing import NDArray

from prefect_expres.analysis.axes import (
    AXIS_HEIGHT,
    GREY,
    add_angle_axes,
    add_captions,
    add_grid,
    is_logarithmic,
    scale_frequency,
    scale_time,
)
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.locations import local_target
from prefect_expres.analysis.raster import Raster
from prefect_expres.analysis.sources import EmissionSource
from prefect_expres.analysis.titles import differences, source_title
from prefect_expres.analysis.visibility import Sighting, sightings
from prefect_expres.storage import atomic_path

WIDTH, DPI = 10.0, 150
_PRINTED = 300
"""Dots per inch of what is a raster within PDF and SVG."""

_VECTOR = frozenset({"pdf", "svg"})
_TRUE_TYPE = 42
"""The kind of font that journals ask for in PDF."""

_PANEL, _MARGINS = 4.0, 1.75
"""Inches: the heights of the panel and of everything around it."""

_ABOVE_GRID = 1

_MOST_NAMES = 12
"""Entries of a legend that names every source."""

_COLUMNS = 2
"""Entries in a row of the legend."""

_UNSEEN = ": not visible"
"""Behind the name of a source of which nothing is seen."""

_QUIET: dict[str, Any] = {"ha": "center", "va": "top", "color": GREY}
"""The looks of a remark in a panel."""

Series = tuple[str, Sighting]
"""A label, and what is seen of a source."""

Pixels = NDArray[np.floating]
"""What a raster has painted, shape (rows, columns)."""


def draw_quicklook(
    datasets: xr.Dataset | Iterable[xr.Dataset],
    path: str | Path,
    *,
    labels: Sequence[str] | None = None,
    log: bool | None = None,
) -> Path:
    """Draw the visible emission of one or several simulations into a PNG, PDF or SVG file.

    UTC runs to the right, frequency in MHz upwards. Every visible cell is drawn, whatever the time
    steps and channels of the files. A moon has the same colours in every picture, cold for the
    north and warm for the south; further simulations of it are tinted. Below the time are the
    central meridian longitude (CML) and the phase of each moon, as far as they are known.

    Args:
        datasets: From `open_results`: one, or several to be laid over each other.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name;
            its end tells the format.
        labels: A name for each dataset; those of one name are one simulation, for instance its
            days. By default names are made of what is different in the models.
        log: Scale the frequency logarithmically; None does it as the files do.

    Returns:
        The path of the file.

    Raises:
        ResultError: The sources of a file cannot be separated by its variables.
        ValueError: There is no dataset, or not a label for each.
    """
    return save_and_release(quicklook_figure(datasets, labels=labels, log=log), path)


def quicklook_figure(
    datasets: xr.Dataset | Iterable[xr.Dataset],
    *,
    labels: Sequence[str] | None = None,
    log: bool | None = None,
) -> Figure:
    """Make the figure that `draw_quicklook` saves, to be shown or changed."""
    several = [datasets] if isinstance(datasets, xr.Dataset) else list(datasets)
    return _figure(several, series_of(several, labels), log=log)


def series_of(datasets: Sequence[xr.Dataset], labels: Sequence[str] | None = None) -> list[Series]:
    """Give what is seen in the datasets of each label, and the label.

    Args:
        datasets: From `open_results`.
        labels: As those of `draw_quicklook`.

    Raises:
        ResultError: The sources of a file cannot be separated by its variables.
        ValueError: There is no dataset, or not a label for each.
    """
    if not datasets:
        raise ValueError("There is nothing to draw: give at least one dataset")
    names = differences(datasets) if labels is None else list(labels)
    if len(names) != len(datasets):
        raise ValueError(f"{len(datasets)} datasets and {len(names)} labels: give one for each")
    return [
        (label, sighting)
        for label in dict.fromkeys(names)
        for sighting in sightings(
            [each for each, name in zip(datasets, names, strict=True) if name == label]
        )
    ]


def save_and_release(figure: Figure, path: str | Path) -> Path:
    """Save a figure as PDF or SVG, if its name ends so, else as PNG; it cannot be used afterwards.

    The file is complete when it has its name. Texts and lines of PDF and SVG stay what they are,
    and texts of PDF can be edited.
    """
    target = local_target(path)
    kind = target.suffix.lower().removeprefix(".")
    vector = kind in _VECTOR
    content = io.BytesIO()  # a full disk would be told by some error of the PDF writer's end
    try:
        with mpl.rc_context({"pdf.fonttype": _TRUE_TYPE}):
            figure.savefig(
                content, format=kind if vector else "png", dpi=_PRINTED if vector else figure.dpi
            )
    finally:
        _take_apart(figure)
    with atomic_path(target) as part:
        part.write_bytes(content.getvalue())
    return target


def _take_apart(figure: Figure) -> None:
    """Let go of all that a figure holds, some 8 MB of pixels and shapes.

    Its parts refer to each other in circles, which Python looks for seldom where there are many
    objects: in a campaign dozens of pictures would be in memory by then.
    """
    for part in figure.findobj():
        vars(part).clear()


def _figure(
    datasets: Sequence[xr.Dataset], series: Sequence[Series], *, log: bool | None
) -> Figure:
    figure = Figure((WIDTH, _PANEL + _MARGINS), dpi=DPI, layout="constrained")
    panel = figure.subplots()
    add_grid(panel)
    seen = [sighting for _, sighting in series]
    _scale(panel, seen, log=log)
    if not any(each.visible.any() for each in seen):
        panel.text(0.5, 0.95, "No emission is visible", transform=panel.transAxes, **_QUIET)
    add_legend(panel, list(draw_sources(panel, series, _fill)))
    figure.set_figheight(_PANEL + _MARGINS + AXIS_HEIGHT * add_angle_axes(panel, seen))
    add_captions(figure, datasets)
    return figure


def draw_sources(
    panel: Axes, series: Sequence[Series], draw: Callable[[Axes, Raster, Pixels, str], None]
) -> Iterator[Patch]:
    """Draw the sources of each simulation, and give their names and colours for the legend.

    Args:
        panel: The panel, whose axes are scaled.
        series: What is seen, from `series_of`.
        draw: Draws what is seen of a source, which is 1 in the pixels of a raster and NaN in the
            others, in a colour.
    """
    raster = Raster.over(panel.get_xlim(), panel.get_ylim(), log=panel.get_yscale() == "log")
    drawn = Counter[tuple[str, str]]()
    for (label, source), parts in _grouped(series).items():
        colour = colour_of(source, drawn[source.name, source.hemisphere])
        drawn[source.name, source.hemisphere] += 1
        image = np.fmax.reduce(
            [raster.paint(each, np.where(each.visible, 1.0, np.nan)) for each in parts]
        )
        if not np.isnan(image).all():
            draw(panel, raster, image, colour)
        yield Patch(color=colour, label=_name(label, parts))


def _fill(panel: Axes, raster: Raster, image: Pixels, colour: str) -> None:
    draw_image(panel, raster, image, cmap=ListedColormap([colour]))


def add_legend(panel: Axes, names: list[Patch]) -> None:
    """Name the sources above a panel."""
    kept = _at_most(_MOST_NAMES, names)
    panel.legend(
        handles=kept,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.4,
        ncols=min(_COLUMNS, len(kept)),
        frameon=False,
        handlelength=1.2,
    )


def _at_most(count: int, names: list[Patch]) -> list[Patch]:
    """Keep a legend, or name one source of each colour: that of an oval would take the panel."""
    if len(names) <= count:
        return names
    alike: dict[str, list[str]] = defaultdict(list)
    for name in names:
        alike[to_hex(name.get_facecolor())].append(str(name.get_label()))
    return [Patch(color=colour, label=_of_several(labels)) for colour, labels in alike.items()]


def _of_several(labels: Sequence[str]) -> str:
    """Name several sources by the first that is seen."""
    seen = [label for label in labels if not label.endswith(_UNSEEN)]
    first = (seen or labels)[0].removesuffix(_UNSEEN)
    return f"{first}, and {len(labels) - 1} more" + ("" if seen else _UNSEEN)


def _grouped(
    series: Sequence[Series],
) -> dict[tuple[str, EmissionSource], list[Sighting]]:
    """Group what belongs to one source of one simulation, though channels or days differ."""
    groups: dict[tuple[object, ...], list[Sighting]] = defaultdict(list)
    for label, sighting in series:
        groups[label, sighting.source.key].append(sighting)
    return {(str(key[0]), parts[0].source): parts for key, parts in groups.items()}


def draw_image(panel: Axes, raster: Raster, image: Pixels, **how: Any) -> AxesImage:
    """Draw the part of a raster that is painted: its pixels are even on the scaled axes."""
    seen = ~np.isnan(image)
    rows, columns = _ends(seen, along=1), _ends(seen, along=0)
    corners = np.stack([raster.time[columns], raster.frequency[rows]], axis=1)
    return panel.imshow(
        np.ma.masked_invalid(image[slice(*rows), slice(*columns)]),
        extent=tuple(panel.transScale.transform(corners).T.flat),
        transform=panel.transLimits + panel.transAxes,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        zorder=_ABOVE_GRID,
        **how,
    )


def _ends(seen: NDArray[np.bool_], *, along: int) -> NDArray[np.intp]:
    """Give where the rows, or columns, with something to see begin and end."""
    filled = np.flatnonzero(seen.any(axis=along))
    return np.array([filled[0], filled[-1] + 1])


def _name(label: str, parts: Sequence[Sighting]) -> str:
    """Name a source in the legend, and say there if nothing of it is seen."""
    words = [source_title(parts[0].source), *([label] if label else [])]
    seen = any(each.visible.any() for each in parts)
    return ", ".join(words) + ("" if seen else _UNSEEN)


def _scale(panel: Axes, series: Sequence[Sighting], *, log: bool | None) -> None:
    time = np.concatenate([each.time for each in series])
    scale_time(panel, time, np.concatenate([each.steps for each in series]))
    frequency = np.concatenate([each.frequency for each in series])
    seen = np.concatenate([each.visible.any(axis=0) for each in series])
    as_file = is_logarithmic(series[0].frequency) if log is None else log
    scale_frequency(panel, frequency, seen, log=as_file)
