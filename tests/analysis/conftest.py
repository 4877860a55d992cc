"""Fixtures: result files as ExPRES writes them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from prefect_expres.analysis import open_results
from tests.support.result_files import NAME, Result, two_windows, write


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write result files: two windows in the north and one in the south, unless told otherwise."""

    def write_one(**changes: Any) -> Path:
        path = tmp_path / f"{NAME}.cdf"
        path.unlink(missing_ok=True)
        return write(replace(Result(two_windows()), **changes), path)

    return write_one


@pytest.fixture
def opened(written: Callable[..., Path]) -> Callable[..., Any]:
    """Write a result file and open it."""
    return lambda **changes: open_results(written(**changes))


@pytest.fixture
def panel() -> Axes:
    """Give an empty panel."""
    return Figure().subplots()
