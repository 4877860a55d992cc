"""Published simulations: search an EPN-TAP service, bring them home, and publish one's own.

May import: errors, net, storage, uws, expres, ephemeris, analysis, execution. pyvo and astropy are
imported when they are used: they are the extra ``archive``.
"""

from prefect_expres.archive.address import Archive
from prefect_expres.archive.client import ArchiveClient, get_published, search_archive
from prefect_expres.archive.granule import Granule, PublishedSimulation, SearchResult
from prefect_expres.archive.home import BroughtHome, PublishedFile
from prefect_expres.archive.publication import Publication, Published
from prefect_expres.archive.publish import publish_simulations, simulation_folders
from prefect_expres.archive.reuse import ArchiveReuse, take_from

__all__ = [
    "Archive",
    "ArchiveClient",
    "ArchiveReuse",
    "BroughtHome",
    "Granule",
    "Publication",
    "Published",
    "PublishedFile",
    "PublishedSimulation",
    "SearchResult",
    "get_published",
    "publish_simulations",
    "search_archive",
    "simulation_folders",
    "take_from",
]
