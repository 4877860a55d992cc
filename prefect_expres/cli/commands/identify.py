"""The command ``prefect-expres identify``."""

from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.routine_options import source_of
from prefect_expres.cli.commands.writable import require_writable


def identify(
    observation: str,
    /,
    *,
    moon: tuple[str, ...] = ("Io",),
    energy: tuple[float, ...] = (),
    lag_model: tuple[str, ...] = (),
    observer: str | None = None,
    target: str | None = None,
    variable: str | None = None,
    ephemeris: str | None = None,
    max_shift: float = 30,
    output: str = "expres-identification",
    in_flight: int = 8,
    execution_duration: int = 600,
    timeout: float | None = None,
    attempts: int = 2,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Find which moon, hemisphere and energy made the arcs in an observation.

    Simulations whose results are there already are not run again.

    Args:
        observation: Path or URL of the observation.
        moon: What may have made the emission, a moon or auroral source; repeat the option for
            several.
        energy: An energy of the electrons to try, keV; repeat the option for several. Default:
            the usual one of the source.
        lag_model: A law of the lead angle to try; repeat the option for several. Default: the
            usual one of the source.
        observer: Where it was observed, if the file does not say: Earth, or a spacecraft.
        target: What was observed, if the file does not say, as Jupiter.
        variable: The variable with the flux, if the file has several that could be it.
        ephemeris: Source of the observer's positions: analytic, which knows Earth and needs no
            network, horizons, webgeocalc, miriade or spice; or path or URL of a table of them.
            Default: analytic.
        max_shift: How many minutes earlier or later than predicted an arc may be.
        output: Path or URL of the folder for simulations and identifications.
        in_flight: How many simulations may be on the service at once.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job. Default: the execution duration plus one hour.
        attempts: How many jobs may be tried for each simulation.
        service: The service to use, and the user.
        as_json: Print the identification as JSON.
    """
    source = source_of(ephemeris)
    require_writable(output, "--output")
    block = service_block(service)
    from prefect_expres.cli.runs.identify import run_identify  # noqa: PLC0415 - imports Prefect

    run_identify(
        block,
        as_json=as_json,
        observation=observation,
        moons=moon,
        energies=energy,
        lag_models=lag_model,
        observer=observer,
        target=target,
        variable=variable,
        ephemeris=source,
        max_shift=max_shift,
        output=output,
        in_flight=in_flight,
        execution_duration=execution_duration,
        timeout=timeout,
        attempts=attempts,
    )
