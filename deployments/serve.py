"""Serve all deployments from one process, without a worker: ``python deployments/serve.py``."""

from prefect import serve
from prefect_expres.deployments.shipped import shipped

if __name__ == "__main__":
    serve(*(each.of_prefect(pool=None, parameters={}) for each in shipped().deployments))
