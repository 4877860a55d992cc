"""Names that Prefect's server and the flows share."""

JOBS_LIMIT = "expres-jobs"
"""The global concurrency limit: how many jobs all campaigns have on the service at once."""

JOBS = 20
"""Its value, unless the operator sets another: what OPUS allows a user."""

WORKER_DEPLOYMENT = "campaign-worker/campaign-worker"
"""The deployment of the flow that runs a part of a campaign."""

SERVICE = "expres"
"""The block of the service that deployments use, unless a run is given another."""
