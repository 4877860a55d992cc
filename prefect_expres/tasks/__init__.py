"""Every Prefect task, one module a step; each can be used by itself, in sync and async flows.

May import: archive, identification, observations, preview, monitoring, caching, blocks,
prefect_support, and all that these may.

A sync flow calls a task and has its value; an async flow awaits it. ``.submit``, ``.map`` and
``.with_options`` are Prefect's own. Between tasks go small values: a request, a `Submission` or
the job's URL, the `StoredFile` of each result or its URL.
"""

from prefect_expres.caching.ephemeris import compute_ephemeris
from prefect_expres.tasks.analysis import (
    compare_simulations,
    draw_simulations,
    export_results,
    find_windows,
)
from prefect_expres.tasks.archive import (
    get_published,
    publish_simulations,
    search_archive,
    take_published,
)
from prefect_expres.tasks.identification import identify_emission, read_observation
from prefect_expres.tasks.jobs import await_phase, create_job, download_results, run_job
from prefect_expres.tasks.preparation import prepare
from prefect_expres.tasks.preview import preview_simulation
from prefect_expres.tasks.view import view_results

__all__ = [
    "await_phase",
    "compare_simulations",
    "compute_ephemeris",
    "create_job",
    "download_results",
    "draw_simulations",
    "export_results",
    "find_windows",
    "get_published",
    "identify_emission",
    "prepare",
    "preview_simulation",
    "publish_simulations",
    "read_observation",
    "run_job",
    "search_archive",
    "take_published",
    "view_results",
]
