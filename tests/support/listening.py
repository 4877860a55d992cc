"""A listener that keeps what it is told."""

from typing import TypeVar

from prefect_expres.execution import Event
from prefect_expres.execution.events import StepTaken, Warned

E = TypeVar("E", bound=Event)


class Told:
    """Keeps every event; see `Listener`."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, event: Event) -> None:
        """Keep one event, which is a value: nobody changes it afterwards."""
        assert event.__dataclass_params__.frozen
        self.events.append(event)

    def of(self, kind: type[E]) -> list[E]:
        """Give the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def steps(self, step: str) -> list[str]:
        """Give the lines of one step."""
        return [event.message for event in self.of(StepTaken) if event.step == step]

    @property
    def warnings(self) -> list[str]:
        """All warnings."""
        return [event.message for event in self.of(Warned)]
