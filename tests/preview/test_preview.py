"""Previews: the engine really runs, in its own process, and leaves nothing behind."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import NothingVisible
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.preview import preview_request, preview_simulation

PNG = b"\x89PNG"


async def test_it_shows_windows_picture_and_cost(
    visible: dict[str, Any], tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names itself, and no file is left."""
    monkeypatch.chdir(tmp_path)
    made = await preview_simulation(visible, tables=tables)
    assert made.picture is not None
    assert made.picture.startswith(PNG)
    assert made.windows
    assert not made.is_empty
    assert (made.refused, made.not_modelled) == ("", "")
    assert made.made_by == "Preview by the engine of prefect-expres, not by ExPRES"
    assert made.run_seconds is not None
    assert made.run_seconds > 0
    assert made.file_name == f"preview-{made.label}.png"
    assert f"{len(made.windows)} windows" in made.summary
    assert "picture" not in made.model_dump()
    made.require_emission()
    assert list(tmp_path.iterdir()) == []


async def test_an_empty_one_is_refused(empty: dict[str, Any], tables: Path) -> None:
    """There is a picture, but nothing in it."""
    made = await preview_simulation(empty, tables=tables)
    assert made.is_empty
    assert made.picture is not None
    with pytest.raises(NothingVisible, match="shows no emission, so nothing was sent"):
        made.require_emission()


async def test_what_the_check_refuses_has_a_reason_and_no_picture(
    visible: dict[str, Any], tables: Path
) -> None:
    """The reason is that of the check."""
    visible["SOURCE"][0]["MODE"] = "XR"
    made = await preview_simulation(visible, tables=tables)
    assert "MODE" in made.refused
    assert (made.picture, made.windows, made.is_empty) == (None, None, False)
    assert made.summary.startswith("It would be refused: ")


async def test_what_the_engine_does_not_model_is_no_reason_to_refuse(
    visible: dict[str, Any], tables: Path
) -> None:
    """It says why there is no picture, and what it would cost."""
    visible["SOURCE"][0]["REFRACTION"] = True
    made = await preview_simulation(visible, tables=tables)
    assert made.refused == ""
    assert "REFRACTION: not modelled" in made.not_modelled
    assert made.windows is None
    assert made.run_seconds
    made.require_emission()


async def test_what_expres_asks_the_web_is_computed_here(
    visible: dict[str, Any], tables: Path
) -> None:
    """Earth and its moon's phase need no file."""
    position = dict.fromkeys(("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL"), "auto")
    visible["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "", "SC": "Earth"} | position
    visible["OBSERVER"]["SCTIME"] = "201809132200"
    visible["TIME"] |= {"MAX": 120}
    visible["BODY"][1]["PHASE"] = "auto"
    made = await preview_simulation(visible, tables=tables)
    assert (made.refused, made.not_modelled) == ("", "")
    assert made.windows
    visible["OBSERVER"]["SC"] = "Cassini"
    made = await preview_simulation(visible, tables=tables)
    assert "give an ephemeris, as --ephemeris horizons" in made.not_modelled


async def test_a_cancelled_preview_ends_its_process(visible: dict[str, Any], tables: Path) -> None:
    """No process of ours goes on."""
    visible["TIME"] |= {"NBR": 5000}
    request = SimulationRequest.build(Configuration.from_mapping(visible))
    running = asyncio.ensure_future(preview_request(request, tables=tables))
    while not (children := _children()):  # noqa: ASYNC110 - a process has no event
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not children & _children()


def _children() -> set[int]:
    """Give the processes of the engine that this process has started."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
            words = each.with_name("cmdline").read_text()
        except OSError:
            continue
        if parent == os.getpid() and "engine_process" in words:
            found.add(int(each.parent.name))
    return found
