"""Serve all deployments in one process: ``python -m prefect_expres.deployments.serve``."""

import asyncio

from prefect import serve

from prefect_expres.deployment.definitions import service_id, shipped
from prefect_expres.prefect_support.names import SERVICE

if __name__ == "__main__":
    service = asyncio.run(service_id(SERVICE))
    serve(*(each.to_runner_deployment(None, service) for each in shipped().deployments))
