"""What the engine must get right: arcs, moons, leads, modes, and how fast it is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.engine.beaming import loss_cone
from prefect_expres.engine.field_models import field_model
from prefect_expres.engine.line_cache import field_lines
from prefect_expres.engine.lines import NORTH, SOUTH, Family
from prefect_expres.engine.table import Surroundings, source_table
from prefect_expres.expres.vocabulary import Lines
from tests.engine.engine_runs import EXAMPLES, VISIBLE, fixed_observer, run

pytestmark = pytest.mark.slow

DAYS = 30
MOONS = {"Io": 5.91, "Europa": 9.40, "Ganymede": 14.97}


def month(energy: float, steps: int, channels: tuple[float, float, int]) -> dict[str, Any]:
    """Configure thirty days of Io, seen from the equator: all geometries occur."""
    content = fixed_observer(DAYS * 1440, steps, channels)
    content["OBSERVER"]["FIXE_DECL"] = 0
    for source in content["SOURCE"]:
        source["ACCEL"] = energy
    return content


def io_phase(steps: int) -> Any:
    """Give Io's phase at every step of the thirty days, degrees, not wrapped.

    The meridian starts at 200 and turns with the planet; so does Io's longitude, which starts at
    -60 and falls behind by its orbit.
    """
    minutes = DAYS * 1440 * np.arange(steps) / steps
    return 200 + 60 + 180 + 360 * minutes / (177.83 * MOONS["Io"] ** 1.5)


def days_of(moon: str, law: str, mag: str = "JRM33") -> dict[str, Any]:
    """Configure five days of a moon under a law for the lead."""
    content = fixed_observer(7200, 720, (1.0, 40.0, 40))
    content["BODY"][0]["MAG"] = mag
    content["BODY"][1] |= {"NAME": moon, "SEMI_MAJ": MOONS[moon], "SEMI_MIN": MOONS[moon]}
    for source in content["SOURCE"]:
        source |= {"SAT": moon, "LAG_MODEL": law}
    return content


def test_faster_electrons_bring_arcs_closer_together(tmp_path: Path, tables: Path) -> None:
    """At 10 keV the cells of early arcs lie near 125 degrees, those of late ones near 228."""
    result = run(month(10, 4320, (10.0, 38.0, 57)), tmp_path, tables)
    visible = result.varget("Theta") > VISIBLE
    phase = np.broadcast_to((io_phase(4320) % 360)[:, None], visible.shape[:2])
    for lane, early, late in [(0, 126, 229), (1, 123, 227)]:
        seen = phase[visible[:, :, lane]]
        assert np.median(seen[seen < 180]) == pytest.approx(early, abs=6)
        assert np.median(seen[seen > 180]) == pytest.approx(late, abs=6)


def test_early_arcs_rise_and_late_arcs_fall(tmp_path: Path, tables: Path) -> None:
    """Arcs B and D begin at low frequencies, arcs A and C end at low frequencies."""
    steps, channels = 14400, 13
    result = run(month(3, steps, (10.0, 16.0, channels)), tmp_path, tables)
    half_turn = io_phase(steps) // 180
    count = np.arange(steps)[:, None]
    for lane in (0, 1):
        visible = result.varget("Theta")[:, :, lane] > VISIBLE
        agree = []
        for half in np.unique(half_turn):
            part = visible & (half_turn == half)[:, None]
            seen = np.flatnonzero(part.any(axis=0))
            if len(seen) < channels - 2:
                continue
            late = half % 2
            edge = np.where(part, count, -1).max(0) if late else np.where(part, count, steps).min(0)
            slope = np.polyfit(seen, edge[seen], 1)[0]
            agree.append(slope < 0 if late else slope > 0)
        assert len(agree) > 25
        assert np.mean(agree) > 0.9


@pytest.mark.parametrize(
    ("hemisphere", "lowest", "highest"), [(NORTH, 14.0, 53.3), (SOUTH, 21.7, 33.0)]
)
def test_maximum_frequencies_span_what_the_kernel_has(
    tables: Path, hemisphere: int, lowest: float, highest: float
) -> None:
    """Over all longitudes of Io's shell, the maximum frequency has the kernel's extremes."""
    table = source_table(
        field_lines(field_model("JRM09_CS2020"), Family(Lines.L_SHELL, 6), tables),
        hemisphere,
        np.linspace(1, 40, 40),
        Surroundings([], flattening=0.064935, aurora=0.009091926738619804, step=0.05),
    )
    assert table.highest.min() == pytest.approx(lowest, abs=0.1)
    assert table.highest.max() == pytest.approx(highest, abs=0.2)


# Moon, law, its west longitude, and the lead north and south, as sums of the published terms.
LEADS = [
    ("Io", "hess2011", 201, 2.8 - 3.5, 4.3 + 3.5),
    ("Europa", "hess2011", 201, 5.2 - 4.8, 5.2 + 4.8),
    ("Ganymede", "hess2011", 201, 6.8 - 6.2, 6.8 + 6.2),
    ("Io", "hue2023", 1, 4.256 + 2.637 + 0.197, 4.138 - 1.891 + 0.218),
    ("Europa", "hue2023", 1, 5.784 + 3.294, 7.059 - 3.370),
    ("Ganymede", "hue2023", 1, 12.452 + 6.162, 12.973 - 5.391),
]


@pytest.mark.parametrize(("moon", "law", "longitude", "north", "south"), LEADS)
def test_the_active_line_lags_by_the_law(
    tmp_path: Path, tables: Path, moon: str, law: str, longitude: float, north: float, south: float
) -> None:
    """In JRM33, each moon lights the line that its law says, and its emission is seen.

    The moon stands a degree off the crest of the law: sines are small there, and no longitude
    falls on the other side of zero.
    """
    content = days_of(moon, law)
    # At the start the planet is not yet turned: west longitude is the negative of the phase.
    content["BODY"][1]["PHASE"] = -longitude
    result = run(content, tmp_path, tables)
    leads = [(longitude - line + 180) % 360 - 180 for line in result.varget("SrcLongitude")[0]]
    assert leads == pytest.approx([north, south], abs=0.1)
    assert (result.varget("Theta") > VISIBLE).any()
    (file,) = tmp_path.iterdir()
    assert file.name.startswith(f"expres_earth_jupiter_{moon.lower()}_jrm33_lossc")


def test_the_modes_part_where_plasma_is_dense() -> None:
    """Plasma narrows the cone of RX by a degree or two, and that of LO hardly at all."""
    ratio, plasma = np.array([0.1, 0.5, 0.9]), np.full(3, 1e-3)
    vacuum = np.array([83.48, 81.24, 70.08])
    assert vacuum - loss_cone(3.0, 0.0, ratio, plasma) == pytest.approx([0.8, 1.1, 2.9], abs=0.1)
    ordinary = loss_cone(3.0, 0.0, ratio, plasma, ordinary=True)
    assert ordinary == pytest.approx(vacuum, abs=0.02)


def test_the_ordinary_mode_turns_the_other_way(tmp_path: Path, tables: Path) -> None:
    """In thin plasma LO is seen where RX is, at the same angle, with the other polarization."""
    content = fixed_observer(719, 180, (5.0, 35.0, 61))
    for density in content["BODY"][0]["DENS"]:
        density["RHO0"] = 1.0
    extraordinary = run(content, tmp_path / "rx", tables)
    for source in content["SOURCE"]:
        source["MODE"] = "LO"
    ordinary = run(content, tmp_path / "lo", tables)
    assert (extraordinary.varget("Theta") > VISIBLE).sum() > 100
    assert extraordinary.varget("Theta") == pytest.approx(ordinary.varget("Theta"), abs=0.01)
    right, left = (result.varget("Polarization") for result in (extraordinary, ordinary))
    assert set(np.unique(right)) == {-1, 1, 32767}
    assert (left == np.where(right == 32767, right, -right)).all()


DAY = """
import sys
from pathlib import Path
from prefect_expres.expres.configuration import Configuration
from prefect_expres.engine import run_engine
from tests.support.peak_memory import peak_memory
examples, out, tables = map(Path, sys.argv[1:])
configuration = Configuration.parse((examples / "earth-jupiter-io-20180913.json").read_text())
ephemeris = (examples / "earth-jupiter-20180913.csv").read_bytes()
run_engine(configuration, ephemeris, out, tables)
print(peak_memory())
"""


OVAL = """
import json, sys
from pathlib import Path
from prefect_expres.engine import run_engine
from prefect_expres.expres.configuration import Configuration
from tests.support.peak_memory import peak_memory
configuration, out, tables = map(Path, sys.argv[1:])
run_engine(Configuration.model_validate_json(configuration.read_text()), None, out, tables)
print(peak_memory())
"""


def test_an_oval_is_small(tmp_path: Path, tables: Path) -> None:
    """A quarter of a day of 36 lines on 400 channels, with all variables, takes 0.6 GB at most."""
    content = fixed_observer(359, 360, (0.1, 40.0, 400))
    content["NUMBER"]["SOURCE"], content["SOURCE"] = 1, content["SOURCE"][:1]
    content["SPDYN"]["CDF"] = dict.fromkeys(content["SPDYN"]["CDF"], True)
    oval = {"TYPE": "L-shell", "LAT": 6, "LG_MIN": 0, "LG_MAX": 350, "LG_NBR": 36}
    content["SOURCE"][0] |= {**oval, "LAG_MODEL": "off", "WIDTH": 3}
    (tmp_path / "oval.json").write_text(json.dumps(content))
    program = [sys.executable, "-c", OVAL, str(tmp_path / "oval.json"), str(tmp_path), str(tables)]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=240)
    assert int(done.stdout.splitlines()[-1]) < 600 * 2**20


def test_a_routine_day_is_small(tmp_path: Path, tables: Path) -> None:
    """1440 steps, 781 channels and two sources take 1 GB at most; make bench tells the time."""
    done = subprocess.run(
        [sys.executable, "-c", DAY, str(EXAMPLES), str(tmp_path), str(tables)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(done.stdout.splitlines()[-1]) < 2**30
