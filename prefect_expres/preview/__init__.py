"""What a simulation will show, computed here in seconds, before a service is asked for it.

A preview comes from the engine of this package, not from ExPRES: it leaves no CDF file and no
manifest, so that nothing takes it for a result.

May import: errors, storage, expres, ephemeris, analysis, execution, engine.
"""

from prefect_expres.preview.preview import Preview, preview_request, preview_simulation

__all__ = ["Preview", "preview_request", "preview_simulation"]
