"""Serve all deployments from one process, without a worker: ``python deployments/serve.py``."""

import asyncio

from prefect import serve
from prefect_expres.deployments.shipped import service_id, shipped

from prefect_expres.limits import SERVICE

if __name__ == "__main__":
    service = asyncio.run(service_id(SERVICE))
    serve(*(each.of_prefect(None, service) for each in shipped().deployments))
