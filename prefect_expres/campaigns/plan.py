"""Plans of campaigns: small models that name many simulations, and give them one by one.

A plan gives the same simulation for the same number whenever it is asked, and holds none of them.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from prefect_expres.ephemeris import AnalyticEphemeris, AnyEphemeris, source_for
from prefect_expres.ephemeris.choices import KnownByKeys, for_forms
from prefect_expres.errors import ConfigurationError, EphemerisError
from prefect_expres.expres import Configuration, Routine
from prefect_expres.expres.request import default_label, safe_label
from prefect_expres.expres.routine import FORMS, Form, ObserverName, SourceName
from prefect_expres.expres.templates import TEMPLATES, Template
from prefect_expres.net.url import file_name, shown_url, without_query
from prefect_expres.prefect_support.forms import KeptEphemeris, Location
from prefect_expres.storage import find_files

_WORD = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True)
class Planned:
    """One simulation of a plan.

    Args:
        number: Its number in the plan, from 0 on.
        label: Its name for people.
        configuration: The configuration, or where its file is.
        ephemeris: Where the observer is: a source, a file, or None if none is needed.
    """

    number: int
    label: str
    configuration: Configuration | str = field(repr=False)
    ephemeris: AnyEphemeris | str | None = field(repr=False)


class Chosen(NamedTuple):
    """What makes one routine simulation of a plan.

    Attributes:
        day: The day, UTC.
        observer: The observer.
        moon: The moon or auroral source.
        values: Other values by their path in the configuration, from the grid.
    """

    day: date
    observer: str
    moon: str
    values: dict[str, JsonValue]


class RoutinePlan(BaseModel):
    """Routine simulations: every observer, moon and day, with every combination of the grid."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        title="Routine simulations",
        json_schema_extra=for_forms,
    )

    kind: Literal["routine"] = "routine"
    first: date = Field(title="First day", description="In UTC.")
    last: date = Field(title="Last day", description="In UTC; it is simulated, too.")
    moons: tuple[SourceName, ...] = Field(
        ("Io",), min_length=1, description="Moons whose emission is simulated."
    )
    observers: tuple[ObserverName, ...] = Field(
        ("Earth",), min_length=1, description="Observers that the ephemeris source knows."
    )
    ephemeris: KeptEphemeris = Field(
        default_factory=AnalyticEphemeris,
        description="Source of the observers' positions; its observer is set from the plan's.",
    )
    form: Form = Field(
        "v11",
        title="Magnetic field",
        description="Of Jupiter. v11: JRM33; v01: JRM09.",
    )
    grid: dict[str, list[JsonValue]] = Field(
        default_factory=dict,
        description="Other values by their path in the configuration, as "
        '{"SOURCE.*.ACCEL": [1, 3, 5]}; a star stands for every element.',
    )

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if self.last < self.first:
            msg = f"the last day {self.last} is before the first, {self.first}"
            raise ValueError(msg)
        for path, values in self.grid.items():
            if not values:
                msg = f"the grid gives no values for {path}; give some, or leave it out"
                raise ValueError(msg)
        for observer, moon in product(self.observers, self.moons):
            try:
                self._source(observer, TEMPLATES[moon])
            except EphemerisError as fault:
                raise ValueError(str(fault)) from None
        return self

    def count(self) -> int:
        """Count the simulations."""
        days = (self.last - self.first).days + 1
        combinations = 1
        for values in self.grid.values():
            combinations *= len(values)
        return days * len(self.observers) * len(self.moons) * combinations

    @property
    def name(self) -> str:
        """Name the plan by what it shows, as ``io-europa-earth-20180913-20180930``."""
        return safe_label(
            "-".join((*self.moons, *self.observers, f"{self.first:%Y%m%d}", f"{self.last:%Y%m%d}"))
        ).lower()

    def settled(self) -> Self:
        """Give a plan that numbers its simulations alike in every process."""
        return self

    def chosen(self, number: int) -> Chosen:
        """Tell what makes one simulation; they go by day, observer, moon and grid."""
        rest, values = number, {}
        for path, choices in reversed(self.grid.items()):
            rest, choice = divmod(rest, len(choices))
            values[path] = choices[choice]
        rest, moon = divmod(rest, len(self.moons))
        day, observer = divmod(rest, len(self.observers))
        return Chosen(
            day=self.first + timedelta(day),
            observer=self.observers[observer],
            moon=self.moons[moon],
            values={path: values[path] for path in self.grid},
        )

    def simulation(self, number: int) -> Planned:
        """Give one simulation; they go by day, observer, moon and grid.

        Raises:
            ConfigurationError: A path of the grid is not in the configuration, or breaks a rule.
        """
        chosen = self.chosen(number)
        template = TEMPLATES[chosen.moon]
        plain = Routine(
            source=chosen.moon,
            day=chosen.day,
            observer=chosen.observer,
            field=FORMS[self.form] if FORMS[self.form] in template.fields else None,
        )
        configuration = _changed(plain.configuration(ephemeris=plain.track), chosen.values)
        label = "-".join((default_label(configuration), *_words(chosen.values)))
        source = self._source(chosen.observer, template)
        return Planned(number, safe_label(label), configuration, source)

    def _source(self, observer: str, template: Template) -> AnyEphemeris | None:
        """Give the source of an observer's positions, if the simulation needs one."""
        if template.seen_from:
            return None
        return source_for(observer, template.planet, self.ephemeris)


def _as_many(given: object) -> object:
    return (given,) if isinstance(given, str | Path) else given


class FilesPlan(BaseModel):
    """Configurations that are there as files, under any address that fsspec knows."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        title="Configuration files",
        json_schema_extra=for_forms,
    )

    kind: Literal["files"] = "files"
    configurations: Annotated[tuple[Location, ...], BeforeValidator(_as_many)] = Field(
        min_length=1,
        description="Paths or URLs of the files; * and ** stand for many, as in runs/*.json.",
    )
    ephemeris: KeptEphemeris | Annotated[None, Field(title="The file beside it")] = Field(
        None,
        description="Source of the observer's positions; without one, the file that "
        "OBSERVER.EPHEM names is taken from beside the configuration.",
    )

    @property
    def _patterns(self) -> list[str]:
        return [str(each) for each in self.configurations]

    @property
    def name(self) -> str:
        """Name the plan by its first pattern, as ``runs-io`` for ``2018/runs/io-*.json``."""
        folder, pattern = posixpath.split(posixpath.splitext(without_query(self._patterns[0]))[0])
        return safe_label(posixpath.join(posixpath.basename(folder), pattern)).lower()

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files' URLs, by name; looked for once.

        Raises:
            ConfigurationError: There is none.
            StorageError: They cannot be looked for.
        """
        found = {url for pattern in self._patterns for url in find_files(pattern)}
        if not found:
            patterns = ", ".join(map(shown_url, self._patterns))
            msg = f"There are no files {patterns}; look at the path and the pattern"
            raise ConfigurationError(msg)
        return tuple(sorted(found))

    def count(self) -> int:
        """Count the files."""
        return len(self.files)

    def settled(self) -> Self:
        """Give a plan that numbers its simulations alike in every process: it names every file."""
        return self.model_copy(update={"configurations": self.files})

    def simulation(self, number: int) -> Planned:
        """Give one simulation."""
        url = self.files[number]
        label = safe_label(posixpath.splitext(file_name(url))[0])
        return Planned(number, label, url, self.ephemeris)


Plan = Annotated[RoutinePlan | FilesPlan, Field(discriminator="kind"), KnownByKeys()]
"""What a campaign runs, known by ``kind`` or by its other keys."""


def beside(configuration: str, name: str) -> str:
    """Give the address of a file that stands beside a configuration's."""
    folder = posixpath.dirname(without_query(configuration))
    return posixpath.join(folder, name)


def _changed(plain: Configuration, changes: dict[str, JsonValue]) -> Configuration:
    """Set values in a configuration, and check it as a whole."""
    if not changes:
        return plain
    content = plain.content()
    for path, value in changes.items():
        _set(content, path.split("."), value, path)
    return Configuration.from_mapping(content)


def _set(node: Any, steps: list[str], value: JsonValue, path: str) -> None:
    """Set a value in nested lists and dicts; a star goes into every element."""
    head, *rest = steps
    known = _keys(node)
    keys = known if head == "*" else [key for key in known if str(key) == head]
    if not keys:
        choice = (
            f"none of {', '.join(map(str, known))}, or *" if known else "below what has no parts"
        )
        msg = f"The grid's {path!r} is not in the configuration: {head!r} is {choice}"
        raise ConfigurationError(msg)
    for key in keys:
        if rest:
            _set(node[key], rest, value, path)
        else:
            node[key] = value


def _keys(node: Any) -> list[Any]:
    """Give the keys of a list or a dict; a value has none."""
    if isinstance(node, list):
        return list(range(len(node)))
    return list(node) if isinstance(node, dict) else []


def _words(changes: dict[str, JsonValue]) -> Iterator[str]:
    for path, value in changes.items():
        yield _WORD.sub("-", f"{path.rpartition('.')[2]}-{value}".lower()).strip("-")
