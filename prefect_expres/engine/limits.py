"""Refuse, with a reason, what the engine does not model."""

from collections.abc import Iterator

from prefect_expres.engine.errors import EngineError
from prefect_expres.expres.configuration import Body, Configuration, Source


def refuse_unmodelled(configuration: Configuration) -> None:
    """Raise if the configuration asks for something that the engine does not model.

    Raises:
        EngineError: With every such thing, on one line: a job shows the last line of stderr.
    """
    problems = [*_general_limits(configuration), *_source_limits(configuration)]
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


def _general_limits(configuration: Configuration) -> Iterator[str]:
    planet = central_body(configuration)
    if planet.name != "Jupiter":
        yield f"BODY: {planet.name!r}: only Jupiter is modelled; use the ExPRES service"
    if planet.radius != 1:
        yield (
            f"BODY {planet.name}: RADIUS {planet.radius}: lengths must be in planetary radii; "
            "write RADIUS 1 and divide every length by the radius"
        )
    if configuration.movie2d.on or configuration.movie3d.on:
        yield "MOVIE2D.ON, MOVIE3D.ON: films are not modelled; set both to false"
    if configuration.spdyn.infos:
        yield "SPDYN.INFOS: the IDL save file is not written; set it to false"
    for body in configuration.body:
        if body.on and body.parent and any(model.on for model in body.dens):
            yield f"BODY {body.name}: DENS of a moon is not modelled; set its ON to false"
    if not active_sources(configuration):
        yield "SOURCE: none is active; set ON to true in one of them"


def _source_limits(configuration: Configuration) -> Iterator[str]:
    for source in active_sources(configuration):
        if source.type != "attached to a satellite":
            yield (
                f"{source.name}: TYPE {source.type!r}: not modelled; "
                "use 'attached to a satellite', or the ExPRES service"
            )
        if source.refraction:
            yield f"{source.name}: REFRACTION: not modelled; set it to false"
        if source.current not in {"Transient (Alfvenic)", "Constant"}:
            yield (
                f"{source.name}: CURRENT {source.current!r}: not modelled; "
                "use 'Transient (Alfvenic)' or 'Constant'"
            )
        if source.width <= 0:
            yield f"{source.name}: WIDTH {source.width}: must be positive"
        if bool(source.north) == bool(source.south):
            yield f"{source.name}: set exactly one of NORTH and SOUTH to true"
        if isinstance(source.lg_min, str) or source.lag_model not in {None, "", "off"}:
            yield from _automatic_lead_limits(source)


def _automatic_lead_limits(source: Source) -> Iterator[str]:
    if isinstance(source.lg_min, str) and source.lg_min not in {"auto", "auto+3", "auto-3"}:
        yield f"{source.name}: LG_MIN {source.lg_min!r}: write a number, auto, auto+3 or auto-3"
    if source.lg_nbr != 1:
        yield f"{source.name}: LG_NBR {source.lg_nbr} with an automatic lead: write 1"
