"""Prefect blocks: where the ExPRES service is and who asks, and a simulation to be triggered.

May import: execution, uws, net, expres, ephemeris, monitoring, prefect_support.
"""

from prefect_expres.blocks.service import ExpresService
from prefect_expres.blocks.simulation import ExpresSimulation, ExpresSimulationRun

__all__ = ["ExpresService", "ExpresSimulation", "ExpresSimulationRun"]
