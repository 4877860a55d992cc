"""The shipped deployments of the flows: ``prefect.yaml``, and ``serve.py`` to run without workers.

May import: deployment, prefect_support.
"""
