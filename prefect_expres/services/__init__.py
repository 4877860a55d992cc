"""A service as a flow is given it: a block, the name of a saved one, or an address for guests.

May import: blocks, net, prefect_support.
"""

from prefect_expres.services.given import AnyService, find_service

__all__ = ["AnyService", "find_service"]
