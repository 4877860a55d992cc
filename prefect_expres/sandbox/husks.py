"""A fault of OPUS: a create that fails leaves a husk, a PENDING job without its inputs.

OPUS saves a job with its runId and executionDuration before it reads files and parameters.
Started, the husk runs with the default configuration of the job's description.
"""

from datetime import date

from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.routine import Routine

REASON = 'cannot upload URL for input "ephemeride"'
"""What OPUS says if an input of kind File is missing and its default is empty."""


def default_configuration() -> bytes:
    """Give what a husk runs: two hours of Io, which nobody has asked for."""
    content = (
        Routine(source="Io", day=date(2018, 9, 13)).configuration(phases={"Io": 319.616}).content()
    )
    content["TIME"] |= {"MAX": 120, "NBR": 24}
    content["FREQUENCY"] |= {"MIN": 5.0, "MAX": 40.0, "NBR": 36}
    content["OBSERVER"] |= {"TYPE": "Fixed", "FIXE_DIST": 12000, "FIXE_SUBL": 131, "FIXE_DECL": -3}
    return Configuration.from_mapping(content).to_json()
