"""Make a preview: the picture and windows of a simulation, its cost, and what would be refused."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from prefect_expres.analysis.windows import Window
from prefect_expres.engine import EngineError
from prefect_expres.errors import AccessError, ConfigurationError, EphemerisError, NothingVisible
from prefect_expres.execution.events import Event, Listener, Warned, ignore
from prefect_expres.execution.prepare import AnyConfiguration, Positions, build_request
from prefect_expres.execution.view import missing_for_analysis
from prefect_expres.expres import Access, SimulationRequest
from prefect_expres.expres.estimate import result_bytes, run_seconds
from prefect_expres.preview.engine_process import simulate_in
from prefect_expres.storage import scratch_folder

MADE_BY = "Preview by the engine of prefect-expres, not by ExPRES"


class Preview(BaseModel):
    """What a simulation will show, as the engine of this package has it.

    Attributes:
        made_by: That it is a preview.
        label: The simulation's label; empty if it is refused.
        refused: Why it would be refused before anything is sent; empty if it would not.
        warnings: What ExPRES would do silently.
        not_modelled: Why there is no picture; empty if there is one.
        windows: The windows of visible emission, as far as they are known.
        run_seconds: Estimated run time on the service.
        result_bytes: Estimated size of the result.
        took_seconds: How long the preview took.
        picture: The quicklook as PNG.
    """

    model_config = ConfigDict(frozen=True)

    made_by: str = MADE_BY
    label: str = ""
    refused: str = ""
    warnings: tuple[str, ...] = ()
    not_modelled: str = ""
    windows: tuple[Window, ...] | None = None
    run_seconds: int | None = None
    result_bytes: int | None = None
    took_seconds: float = 0.0
    picture: bytes | None = Field(None, exclude=True, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether the engine sees no emission at all."""
        return self.windows == ()

    @property
    def file_name(self) -> str:
        """The name for a file with the picture."""
        return f"preview-{self.label}.png"

    @property
    def summary(self) -> str:
        """What it found, in a line."""
        if self.refused:
            return f"It would be refused: {self.refused}"
        cost = (
            f"about {self.run_seconds} s on the service for {(self.result_bytes or 0) / 1e6:.0f} MB"
        )
        seen = "no picture" if self.windows is None else f"{len(self.windows)} windows of emission"
        return f"{self.made_by}: {self.label}, {seen}; {cost}"

    def require_emission(self) -> None:
        """Refuse a simulation that would show nothing.

        Raises:
            NothingVisible: No emission is visible.
        """
        if self.is_empty:
            msg = (
                f"{self.made_by}: {self.label} shows no emission, so nothing was sent. Change the "
                "times, frequencies or sources; or leave out preview_first to run it anyway"
            )
            raise NothingVisible(msg)


async def preview_simulation(
    configuration: AnyConfiguration,
    ephemeris: Positions = None,
    *,
    access: Access | None = None,
    tables: Path | None = None,
) -> Preview:
    """Preview a simulation with the engine of this package; no service is asked.

    Args:
        configuration: Path or fsspec URL of a file, its content, the model, or a `Routine`.
        ephemeris: As that of `simulate`.
        access: What the user may ask for; by default what a guest may.
        tables: Where field lines are kept from one run to the next; by default in the user's cache.

    Returns:
        The preview. What would be refused has a reason and no picture.
    """
    began, warned = time.monotonic(), _Warnings()
    try:
        request = await build_request(
            configuration, access or Access.of(None), ephemeris, tell=warned
        )
    except (ConfigurationError, EphemerisError, AccessError) as fault:
        return Preview(refused=str(fault), warnings=warned.told, took_seconds=_since(began))
    return await preview_request(request, warnings=warned.told, tables=tables)


async def preview_request(
    request: SimulationRequest,
    *,
    warnings: tuple[str, ...] = (),
    tables: Path | None = None,
    tell: Listener = ignore,
) -> Preview:
    """Preview a simulation that is prepared.

    Args:
        request: What is to be simulated.
        warnings: What was told when it was prepared.
        tables: Where field lines are kept from one run to the next; by default in the user's cache.
        tell: Is told if there can be no preview.
    """
    began = time.monotonic()
    not_modelled, windows, picture = missing_for_analysis() or "", None, None
    if not not_modelled:
        try:
            windows, picture = await _shown(request, tables or _tables())
        except EngineError as fault:
            not_modelled = str(fault)
    if not_modelled:
        await tell(Warned(f"No preview: {not_modelled}"))
    return Preview(
        label=request.label,
        warnings=warnings,
        not_modelled=not_modelled,
        windows=windows,
        run_seconds=run_seconds(request.configuration),
        result_bytes=result_bytes(request.configuration),
        took_seconds=_since(began),
        picture=picture,
    )


async def _shown(request: SimulationRequest, tables: Path) -> tuple[tuple[Window, ...], bytes]:
    with scratch_folder() as folder:
        cdf = await simulate_in(folder, request, tables)
        return await asyncio.to_thread(_view, cdf)


def _view(cdf: Path) -> tuple[tuple[Window, ...], bytes]:
    from prefect_expres.analysis import (  # noqa: PLC0415 - heavy, and an extra
        open_results,
        quicklook_figure,
        visible_windows,
    )
    from prefect_expres.analysis.quicklook import save_and_release  # noqa: PLC0415 - heavy, and an extra

    with open_results(cdf) as dataset:
        figure = quicklook_figure(dataset)
        figure.text(0.5, 0.5, MADE_BY.replace(",", ",\n"), **_ACROSS)
        picture = save_and_release(figure, cdf.with_suffix(".png")).read_bytes()
        return tuple(visible_windows(dataset)), picture


_ACROSS: dict[str, Any] = {
    "ha": "center",
    "va": "center",
    "rotation": 20,
    "fontsize": 26,
    "color": "#00000030",
}


class _Warnings:
    """Keeps the warnings that are told."""

    def __init__(self) -> None:
        self.told: tuple[str, ...] = ()

    async def __call__(self, event: Event) -> None:
        if isinstance(event, Warned):
            self.told += (event.message,)


def _tables() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "prefect-expres" / "field-lines"


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
