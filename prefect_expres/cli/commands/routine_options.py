"""Options for routine simulations, which need no configuration file, and for the ephemeris."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from cyclopts import Group, Parameter
from pydantic import TypeAdapter, ValidationError

from prefect_expres.cli.commands.invalid import reasons
from prefect_expres.ephemeris import AnyEphemeris, TableEphemeris, source_for
from prefect_expres.errors import UsageError
from prefect_expres.expres import Routine

SOURCES = ("analytic", "horizons", "webgeocalc", "miriade", "spice")
"""Sources of an ephemeris that need nothing but their names."""


@Parameter(name="*", group=Group("Routine simulation", sort_key=5))
@dataclass(frozen=True)
class RoutineOptions:
    """A routine simulation instead of a configuration file.

    Args:
        moon: The moon, or the auroral source, as Io.
        day: The day, UTC, as 2026-12-01.
        observer: Who sees the emission, as Earth or Juno. Default: Earth.
        field: Magnetic field model, as JRM33 or JRM09. Default: the usual one of the source.
        energy: Energy of the electrons, keV. Default: the usual one of the source.
        lag_model: Law of the lead angle, as hess2011 or hue2023. Default: the usual one of the
            source.
    """

    moon: Annotated[str | None, Parameter(alias="--source")] = None
    day: date | None = None
    observer: str | None = None
    field: str | None = None
    energy: float | None = None
    lag_model: str | None = None

    @property
    def given(self) -> dict[str, object]:
        """The values that were given, by the fields of `Routine`."""
        values = vars(self) | {"source": self.moon}
        return {name: value for name, value in values.items() if value and name != "moon"}


NO_ROUTINE = RoutineOptions()


def what_to_run(file: str | None, options: RoutineOptions) -> Routine | str:
    """Return the routine simulation of the command line, or its configuration file.

    Raises:
        UsageError: Neither is given, or both, or a value is not known.
    """
    chosen = options.given.keys() - {"observer"}
    if file and chosen:
        raise UsageError("Give a configuration file, or --moon and --day without one; not both")
    if file:
        return file
    if options.moon is None or options.day is None:
        raise UsageError("Give a configuration file, or --moon and --day of a routine simulation")
    try:
        return Routine.model_validate(options.given)
    except ValidationError as fault:
        raise UsageError("; ".join(map(_of_option, reasons(fault)))) from None


def _of_option(reason: str) -> str:
    """Name the option of a field."""
    field, separator, words = reason.partition(": ")
    name = "moon" if field == "source" else field.replace("_", "-")
    return f"--{name}: {words}" if separator and field in Routine.model_fields else reason


def positions_of(
    word: str | None, options: RoutineOptions, asked: Routine | str
) -> AnyEphemeris | str | None:
    """Return the source of the observer's positions, or where their file is.

    Raises:
        UsageError: A source would not know whose positions it is to compute.
        EphemerisError: No source is given, and none here knows the observer of the routine
            simulation.
    """
    source = ephemeris_of(word, options.observer)
    if isinstance(asked, Routine):
        here = source is None and not asked.template.seen_from
        return source_for(asked.observer, asked.template.planet) if here else source
    several = source and not isinstance(source, str) and source.kind != "analytic"
    if several and options.observer is None:
        raise UsageError(f"--ephemeris {word} needs --observer: whose positions it computes")
    return source


def ephemeris_of(word: str | None, observer: str | None = None) -> AnyEphemeris | str | None:
    """Return a source of an ephemeris by its name; any other word is a path or URL.

    Args:
        word: What the command line gives.
        observer: The observer; by default the source's own.

    Raises:
        UsageError: The source does not know the observer.
    """
    if word is None or word.lower() not in SOURCES:
        return word
    facts = {"kind": word.lower(), **({"observer": observer} if observer else {})}
    try:
        source: AnyEphemeris = TypeAdapter(AnyEphemeris).validate_python(facts)
    except ValidationError as fault:
        raise UsageError("; ".join(reasons(fault))) from None
    return source


def source_of(word: str | None) -> AnyEphemeris | None:
    """Return the source of the positions of many simulations; a file is a table of them.

    Raises:
        UsageError: The source needs more than its name.
    """
    source = ephemeris_of(word)
    return TableEphemeris(path=source) if isinstance(source, str) else source
