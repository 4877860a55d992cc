"""Runs of one simulation on a virtual service, all into one output."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from prefect_expres.analysis.windows import Window
from prefect_expres.execution import (
    ClientSteps,
    Manifest,
    ResultView,
    RunOptions,
    SimulationResult,
    StepwiseRun,
    Take,
    run_simulation,
)
from prefect_expres.expres import SimulationRequest
from prefect_expres.storage import StoredFile, write_whole
from prefect_expres.uws import UWSClient
from tests.support.listening import Told
from tests.support.virtual_service import VirtualService

OWNER = "0123456789abcdefghijkQ"
WINDOW = Window.model_validate(
    {
        "source": "Io",
        "hemisphere": "north",
        "start": "2018-09-13T01:00:00Z",
        "end": "2018-09-13T02:00:00Z",
        "fmin": 1.0,
        "fmax": 30.0,
        "polarization": "RH",
    }
)


class DrawingSteps(ClientSteps):
    """Draws a picture without looking, and notes what a manifest was made from."""

    def __init__(self, client: UWSClient, tell: Told) -> None:
        super().__init__(client, tell=tell)
        self.viewed: list[tuple[str, str]] = []
        self.made_from: list[Sequence[str | Path]] = []

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Draw a picture."""
        self.viewed.append((cdf.name, folder))
        picture = await write_whole(folder, "io.png", b"a picture")
        return ResultView(files=(picture,), picture=b"a picture", windows=(WINDOW,))

    async def keep(
        self, folder: str, manifest: Manifest, made_from: Sequence[str | Path]
    ) -> SimulationResult:
        """Write the manifest."""
        self.made_from.append(made_from)
        return await super().keep(folder, manifest, made_from)


class Runs:
    """Runs a simulation again and again, all into one output."""

    def __init__(self, simulation: SimulationRequest, output: str) -> None:
        self.simulation = simulation
        self.output = output
        self.service = VirtualService()
        self.told = Told()
        self.made_from: list[Sequence[str | Path]] = []
        self.viewed: list[tuple[str, str]] = []

    async def run(
        self,
        made_from: tuple[object, object] = (None, None),
        take: Take | None = None,
        beforehand: Callable[[SimulationRequest], Awaitable[None]] | None = None,
        **options: Any,
    ) -> tuple[SimulationResult, ResultView | None]:
        """Run it."""
        async with self.connect() as steps:
            return await run_simulation(
                self.simulation,
                self.output,
                steps,
                RunOptions(OWNER, **options),
                made_from=made_from,
                take=take,
                beforehand=beforehand,
                tell=self.told,
            )

    def stepwise(
        self,
        made_from: tuple[object, object] = (None, None),
        take: Take | None = None,
        **options: Any,
    ) -> StepwiseRun:
        """Give a run of it by separate calls."""
        return StepwiseRun(
            self.simulation,
            self.output,
            RunOptions(OWNER, **options),
            self.connect,
            made_from=made_from,
            take=take,
            tell=self.told,
        )

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[DrawingSteps]:
        """Give the steps, and keep what they noted."""
        async with self.service.client() as client:
            steps = DrawingSteps(client, self.told)
            yield steps
        self.made_from += steps.made_from
        self.viewed += steps.viewed
