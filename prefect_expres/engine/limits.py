"""Refuse, with a reason, what the engine does not model."""

from collections.abc import Iterator

from prefect_expres.engine.errors import EngineError
from prefect_expres.expres.configuration import Body, Configuration, Source
from prefect_expres.expres.vocabulary import (
    AT_A_LATITUDE,
    CURRENTS,
    LEADS,
    MODES,
    ON_A_MOON,
    Beam,
)

LARGEST_LATITUDE = 90


def refuse_unmodelled(configuration: Configuration) -> None:
    """Raise if the configuration asks for something that the engine does not model.

    Raises:
        EngineError: With every such thing, on one line: a job shows the last line of stderr.
    """
    problems = [*_general_limits(configuration)]
    for source in active_sources(configuration):
        problems += [f"{source.name}: {problem}" for problem in _source_limits(source)]
    if problems:
        msg = "The engine cannot run this configuration. " + "; ".join(problems)
        raise EngineError(msg)


def central_body(configuration: Configuration) -> Body:
    """Find the planet: the active body without a parent."""
    for body in configuration.body:
        if body.on and not body.parent:
            return body
    msg = "BODY: no active body has an empty PARENT; make the planet the first body"
    raise EngineError(msg)


def moon(configuration: Configuration, name: str) -> Body:
    """Find an active moon by its name."""
    for body in configuration.body:
        if body.on and body.parent and body.name == name:
            return body
    msg = f"SOURCE.SAT: {name!r}: no active moon has this name"
    raise EngineError(msg)


def active_sources(configuration: Configuration) -> list[Source]:
    """List the sources that are switched on."""
    return [source for source in configuration.source if source.on]


def is_satellite(source: Source) -> bool:
    """Say whether a source moves with a moon."""
    return source.type == ON_A_MOON


def _general_limits(configuration: Configuration) -> Iterator[str]:
    planet = central_body(configuration)
    if planet.radius <= 0:
        yield f"BODY {planet.name}: RADIUS {planet.radius}: must be positive"
    if configuration.observer.parent != planet.name:
        yield f"OBSERVER.PARENT {configuration.observer.parent!r}: write {planet.name!r}"
    if configuration.movie2d.on or configuration.movie3d.on:
        yield "MOVIE2D.ON, MOVIE3D.ON: films are not modelled; set both to false"
    if configuration.spdyn.infos:
        yield "SPDYN.INFOS: the IDL save file is not written; set it to false"
    for body in configuration.body:
        if body.on and body.parent:
            yield from _moon_limits(body, planet)
    if not active_sources(configuration):
        yield "SOURCE: none is active; set ON to true in one of them"


def _moon_limits(body: Body, planet: Body) -> Iterator[str]:
    if any(model.on for model in body.dens):
        yield f"BODY {body.name}: DENS of a moon is not modelled; set its ON to false"
    if body.parent != planet.name:
        yield f"BODY {body.name}: PARENT {body.parent!r} is not modelled; write {planet.name!r}"


def _source_limits(source: Source) -> Iterator[str]:
    if source.refraction:
        yield "REFRACTION: not modelled; set it to false"
    if source.current not in CURRENTS:
        yield f"CURRENT {source.current!r}: ExPRES stops; write one of {', '.join(CURRENTS)}"
    if CURRENTS.get(source.current) is Beam.CONSTANT and source.constant == 0:
        yield "CONSTANT 0: ExPRES stops; give the angle of the cone"
    if source.mode.upper() not in {"", *MODES}:
        yield f"MODE {source.mode!r}: ExPRES stops; write RX or LO"
    if source.width <= 0:
        yield f"WIDTH {source.width}: must be positive"
    if bool(source.north) == bool(source.south):
        yield "set exactly one of NORTH and SOUTH to true"
    if isinstance(source.lg_min, str) and source.lg_min not in LEADS:
        yield f"LG_MIN {source.lg_min!r}: write a number, auto, auto+3 or auto-3"
    if not is_satellite(source):
        yield from _auroral_limits(source)


def _auroral_limits(source: Source) -> Iterator[str]:
    if source.lat < 1:
        yield f"LAT {source.lat}: write the shell's distance in radii, or the latitude, at least 1"
    if source.type == AT_A_LATITUDE and source.lat >= LARGEST_LATITUDE:
        yield f"LAT {source.lat}: write a latitude below {LARGEST_LATITUDE}"
