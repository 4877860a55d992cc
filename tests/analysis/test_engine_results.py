"""What the sandbox's engine writes can be looked at."""

from pathlib import Path
from typing import Any

from prefect_expres.analysis import draw_quicklook, open_results, visible_windows
from prefect_expres.engine import run_engine
from prefect_expres.expres.configuration import Configuration


def test_an_engine_result_is_seen(configuration: dict[str, Any], tmp_path: Path) -> None:
    """A run of the engine opens, has windows of Io, and is drawn."""
    checked = Configuration.model_validate(configuration)
    dataset = open_results(run_engine(checked, None, tmp_path, tmp_path / "tables"))
    windows = visible_windows(dataset)
    assert {window.source for window in windows} == {"Io"}
    assert all(window.polarization in {"RH", "LH"} for window in windows)
    assert draw_quicklook(dataset, tmp_path / "quicklook.png").stat().st_size > 10_000
