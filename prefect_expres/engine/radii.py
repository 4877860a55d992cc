"""A configuration in kilometres, turned into planetary radii as ExPRES does it."""

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.limits import central_body
from prefect_expres.expres.configuration import Body, Configuration, Density, Observer
from prefect_expres.expres.vocabulary import KM_IN_A_RADIUS


def in_radii(configuration: Configuration) -> Configuration:
    """Divide every length by ``RADIUS`` of the planet.

    ``AURORA_ALT`` and ``LAT`` are left as they are: ExPRES takes them for radii, whatever the unit
    of the others.
    """
    radius = float(central_body(configuration).radius)
    if radius == 1:
        return configuration
    return configuration.model_copy(
        update={
            "observer": _observer(configuration.observer, radius),
            "body": [_body(body, radius) for body in configuration.body],
        }
    )


def radius_km(configuration: Configuration) -> float:
    """Give the planet's radius, for distances in kilometres.

    Raises:
        EngineError: ``RADIUS`` is 1, and ExPRES does not know the planet's radius: it stops.
    """
    radius, planet = central_body(configuration).radius, configuration.observer.parent
    if radius != 1:
        return float(radius)
    if planet not in KM_IN_A_RADIUS:
        msg = (
            f"BODY {planet}: RADIUS 1: with an ephemeris file give all lengths in km, RADIUS too; "
            f"only {', '.join(KM_IN_A_RADIUS)} need not"
        )
        raise EngineError(msg)
    return KM_IN_A_RADIUS[planet]


def _observer(observer: Observer, radius: float) -> Observer:
    lengths: dict[str, float | str] = {
        "semi_maj": observer.semi_maj / radius,
        "semi_min": observer.semi_min / radius,
    }
    if not isinstance(observer.fixe_dist, str):
        lengths["fixe_dist"] = observer.fixe_dist / radius
    return observer.model_copy(update=lengths)


def _body(body: Body, radius: float) -> Body:
    return body.model_copy(
        update={
            "radius": body.radius / radius,
            "semi_maj": body.semi_maj / radius,
            "semi_min": body.semi_min / radius,
            "dens": [_density(density, radius) for density in body.dens],
        }
    )


def _density(density: Density, radius: float) -> Density:
    return density.model_copy(
        update={"scale": density.scale / radius, "perp": density.perp / radius}
    )
