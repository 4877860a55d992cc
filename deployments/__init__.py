"""The deployments: how the flows are offered on a Prefect server."""
