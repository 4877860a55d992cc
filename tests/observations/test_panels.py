"""The panels of pictures: what stands beside, above and below them, and what is in time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import LogNorm, Normalize
from matplotlib.text import Text

from prefect_expres.analysis import open_results
from prefect_expres.analysis.axes import GREY
from prefect_expres.analysis.raster import COLUMNS, ROWS
from prefect_expres.observations import observation_figure, overlay_figure, synthetic
from prefect_expres.observations.picture import deviations
from prefect_expres.observations.spectrum import Spectrum, as_dataset
from tests.observations.test_pictures import contours
from tests.support.observation_files import times
from tests.support.result_files import NAME, Result, even_moon, write

pytestmark = pytest.mark.slow


def observed(flux: Any, units: str = "sfu", **attributes: Any) -> xr.Dataset:
    """Make an observation of these cells, a second each, from 1 MHz on."""
    values = np.float32(flux)
    channels = np.arange(1.0, values.shape[1] + 1)
    spectrum = Spectrum(times(values.shape[0]), channels, values, units)
    made = as_dataset(spectrum, observer="Earth", target="Jupiter", source="a/b.cdf")
    return made.assign_attrs(attributes)


def norm_of(made: xr.Dataset) -> Normalize:
    """Give how the colours of the flux are scaled."""
    norm = observation_figure(made).axes[0].collections[0].norm
    assert isinstance(norm, Normalize)
    return norm


@pytest.mark.parametrize(
    ("low", "units", "kind"),
    [
        (1.0, "sfu", LogNorm),
        (0.0, "sfu", Normalize),
        (-5.0, "sfu", Normalize),
        (1, "dB", Normalize),
    ],
)
def test_flux_above_zero_has_logarithmic_colours(low: float, units: str, kind: type) -> None:
    """Unless it is logarithmic already; the brightest and the faintest cells take no colours."""
    flux = low + np.arange(1000.0).reshape(100, 10)
    flux[:3] = low
    norm = norm_of(observed(flux, units))
    assert type(norm) is kind
    assert norm.vmin == pytest.approx(np.percentile(flux, 2))
    assert norm.vmax == pytest.approx(np.percentile(flux, 99.5))


def test_flux_that_never_changes_has_colours() -> None:
    """Its scale has a length."""
    norm = norm_of(observed(np.full((20, 3), 7.0)))
    assert (norm.vmin, norm.vmax) == (7, 8)


@pytest.mark.parametrize(("brightest", "end"), [(3.0, 4.0), (5.0, 5.0), (9.0, 8.0)])
def test_deviations_have_colours_up_to_what_there_is(brightest: float, end: float) -> None:
    """Within two bounds, so that noise is faint and an arc is not lost beside interference."""
    norm = deviations(xr.DataArray(np.full((10, 10), brightest)))
    assert (norm.vmin, norm.vmax) == (-1, end)


def test_both_panels_tell_their_axes() -> None:
    """Frequencies stand beside each, the time below, and the small print at the right."""
    made = observed(np.arange(1.0, 301).reshape(30, 10))
    figure = observation_figure(made)
    upper, lower = figure.axes[:2]
    for panel in (upper, lower):
        assert panel.get_ylabel() == "frequency (MHz)"
        assert panel.get_ylim() == (1, 10)
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "time (UTC)")
    ends = [mdates.num2date(each).strftime("%H:%M:%S.%f") for each in upper.get_xlim()]
    assert ends == ["22:47:05.500000", "22:47:35.500000"]
    (small,) = (each for each in figure.findobj(Text) if each.get_text() == "b.cdf")
    assert (small.get_ha(), small.get_position()[0], small.get_color()) == ("right", 0.99, GREY)
    assert small.get_fontsize() == 7
    log = observation_figure(made, log=True)
    assert [panel.get_yscale() for panel in log.axes[:2]] == ["log", "log"]


@pytest.fixture
def moon(tmp_path: Path) -> xr.Dataset:
    """Simulate a day of Io, whose longitude is known."""
    return open_results(write(Result(**even_moon()), tmp_path / "moon.cdf"))


def test_angles_are_those_of_the_observation(moon: xr.Dataset) -> None:
    """Of the longitude and of the phase of the moon, within its time."""
    hours = synthetic(moon, seed=1).isel(time=slice(30, 66))
    figure = overlay_figure(hours, moon)
    upper, lower = figure.axes[:2]
    names = [axis.get_xlabel().split(" (")[0] for axis in lower.child_axes]
    assert names[1].startswith("phase of Io")
    first, last = upper.get_xlim()
    for axis in lower.child_axes:
        assert len(axis.get_xticks()) >= 2
        assert first <= min(axis.get_xticks()) <= max(axis.get_xticks()) <= last
    assert figure.get_supxlabel().startswith("synthetic, seed 1, expres_earth_jupiter_io")
    assert lower.get_title(loc="left") == "without the simulated arcs"
    (bar,) = figure.axes[2:]
    assert bar.get_ylabel() == "flux above the background (standard deviations)"


@pytest.mark.parametrize(
    ("first", "last", "arcs"),
    [(0, 20, 1), (0, 19, 0), (40, 50, 1), (41, 50, 0), (50, 59, 0), (50, 60, 1)],
)
def test_arcs_at_the_ends_of_an_observation_are_drawn(
    moon: xr.Dataset, first: int, last: int, arcs: int
) -> None:
    """A step that ends, or begins, with the observation is within it."""
    part = synthetic(moon, seed=1).isel(time=slice(first, last + 1))
    assert len(contours(overlay_figure(part, moon), 0)) == arcs


def test_outlines_are_open_where_the_observation_ends(moon: xr.Dataset) -> None:
    """An arc goes on beyond the first and the last time, and beyond the band."""
    part = synthetic(moon, seed=1).isel(time=slice(25, 66))
    figure = overlay_figure(part, moon)
    (left, right), (_, top) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    ends = [np.concatenate([p.vertices for p in each.get_paths()]) for each in contours(figure, 0)]
    pixel = (right - left) / COLUMNS
    assert ends[0][:, 0].min() - left < 2 * pixel
    assert right - ends[1][:, 0].max() < 2 * pixel
    assert top - ends[1][:, 1].max() < 2 * (top - 1) / ROWS


def test_a_title_tells_shift_and_model(result: Any) -> None:
    """Earlier is below zero; without a shift nothing is said of it, nor of an unknown model."""
    made = synthetic(result)
    early = overlay_figure(made, result, shift=timedelta(minutes=-1.5))
    assert early.get_suptitle().splitlines()[1].endswith("width 1°, arcs moved by -1.5 min")
    assert early.get_supxlabel().startswith("synthetic, seed 0")
    assert NAME in early.get_supxlabel()
    unnamed = [result.assign_attrs(Logical_file_id="x")]
    assert overlay_figure(made, unnamed).get_suptitle().splitlines() == [
        "Jupiter seen from Earth, synthetic, 2024-01-01"
    ]
