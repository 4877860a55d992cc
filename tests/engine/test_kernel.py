"""The engine against the real ExPRES kernel: configurations, and what it computed from them.

The files in ``tests/data/expres/kernel`` hold the kernel's axes, the angle of the cone ``th``
(time, source, frequency; -1e31 where nothing is seen), the longitude ``lg`` and the maximum
frequency ``fm`` of the active line. The field lines that it read were traced by others: where the
maximum frequency differs, the lines do, and nothing else is compared.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from prefect_expres.engine.field_models import field_model
from prefect_expres.engine.lines import Family, trace
from prefect_expres.expres.vocabulary import Lines
from tests.engine.engine_runs import VISIBLE, fixed_observer, run

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[1] / "data" / "expres"
KERNEL = sorted((DATA / "kernel").glob("*.json"))
SAME_LINES_MHZ = 0.02
COMMON, DEGREES = 0.99, 0.05


@dataclass(frozen=True)
class Comparison:
    """The engine's result beside the kernel's, shape (time, frequency, source)."""

    ours: NDArray[np.float32]
    theirs: NDArray[np.float32]
    comparable: NDArray[np.bool_]
    south: NDArray[np.bool_]

    def common(self, *, south: bool) -> float:
        """Give the share of visible cells that both have in a hemisphere."""
        lanes = self.comparable[:, :, self.south == south]
        ours = (self.ours > VISIBLE)[:, :, self.south == south] & lanes
        theirs = (self.theirs > VISIBLE)[:, :, self.south == south] & lanes
        return float((ours & theirs).sum() / max(ours.sum(), theirs.sum(), 1))

    def same_gaps(self) -> float:
        """Give the share of all cells of which both say or deny that they have no angle."""
        same = np.isnan(self.ours) == np.isnan(self.theirs)
        return float(same[self.comparable].mean())

    def worst_angle(self) -> float:
        """Give the largest difference of the cone's angle."""
        both = (self.ours > VISIBLE) & (self.theirs > VISIBLE) & self.comparable
        return float(np.abs(self.ours - self.theirs)[both].max())


def compare(result: Any, kernel: Any, south: list[bool], same_lines: float) -> Comparison:
    """Lay the results beside each other."""
    theirs = np.swapaxes(kernel["th"], 1, 2)
    ours = result.varget("Theta").reshape(theirs.shape)
    highest = result.varget("SrcFreqMax").reshape(kernel["fm"].shape)
    same = np.abs(highest - kernel["fm"]) < same_lines
    return Comparison(ours, theirs, np.broadcast_to(same[:, None], ours.shape), np.array(south))


@pytest.mark.parametrize("path", KERNEL, ids=lambda path: path.stem)
def test_the_kernel_sees_the_same(path: Path, tmp_path: Path, tables: Path) -> None:
    """99 % of the visible cells are common in each hemisphere, and the angle agrees to 0.05°."""
    content = json.loads(path.read_text())
    south = [bool(each["SOUTH"]) for each in content["SOURCE"] for _ in range(each["LG_NBR"])]
    result = run(content, tmp_path, tables)
    with np.load(path.with_suffix(".npz")) as kernel:
        comparison = compare(result, kernel, south, SAME_LINES_MHZ)
        longitude = result.varget("SrcLongitude").reshape(kernel["lg"].shape)
        assert np.abs((longitude - kernel["lg"] + 180) % 360 - 180).max() < 0.01
    assert comparison.comparable.mean() > 0.8
    assert comparison.same_gaps() >= COMMON
    for hemisphere in set(south):
        assert comparison.common(south=hemisphere) >= COMMON
    assert comparison.worst_angle() < DEGREES


@pytest.fixture(scope="module")
def reference() -> Any:
    """Read the first reference: half a day of Io with a cone of 1°, the field JRM09."""
    with np.load(DATA / "reference-io-jrm09.npz") as stored:
        pairs = {
            key: np.stack([stored[f"{key}_N"], stored[f"{key}_S"]], axis=1)
            for key in ("th", "fm", "lg", "lag")
        }
        return {**pairs, "cml": stored["cml"], "x_N": stored["x_N"]}


@pytest.fixture(scope="module")
def reference_run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run its configuration on lines that are traced as coarsely as those that the kernel read."""
    content, folder = fixed_observer(719, 720, (1.0, 40.0, 79)), tmp_path_factory.mktemp("coarse")
    lines = trace(field_model("JRM09_CS2020"), Family(Lines.L_SHELL, 6), step=0.01)
    run(fixed_observer(10, 2, (1.0, 40.0, 79)), folder / "first", folder / "tables")
    (table,) = (folder / "tables").iterdir()
    np.savez(table, position=lines.position, field=lines.field, count=lines.count)
    return run(content, folder / "second", folder / "tables")


def test_narrow_cones_are_those_of_the_kernel(reference_run: Any, reference: Any) -> None:
    """On lines as coarse as the kernel's, the same cells are seen of the narrowest cone."""
    comparison = compare(reference_run, reference, [False, True], SAME_LINES_MHZ)
    assert comparison.comparable.mean() > 0.85
    assert comparison.common(south=False) >= COMMON
    assert comparison.common(south=True) >= COMMON
    assert comparison.worst_angle() < DEGREES


def test_lines_and_meridian_are_those_of_the_kernel(reference_run: Any, reference: Any) -> None:
    """The active line and the observer's meridian agree to 0.01°."""
    line = reference["lg"] + reference["lag"]
    ours = reference_run.varget("SrcLongitude")
    assert np.abs((ours - line + 180) % 360 - 180).max() < 0.01
    meridian = reference_run.varget("CML") - reference["cml"]
    assert np.abs((meridian + 180) % 360 - 180).max() < 0.01


def test_the_source_is_where_the_kernel_puts_it(reference_run: Any, reference: Any) -> None:
    """Where the northern source is seen at 21 MHz, its position agrees."""
    position = reference_run.varget("SrcPosition")[:, 40, 0]
    seen = position[:, 0] > VISIBLE
    assert seen.any()
    assert position[seen] == pytest.approx(reference["x_N"][seen], abs=1e-4)
