"""Results as Prefect assets: what they are, where they lie, and what they were made from."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from prefect.assets import Asset, AssetProperties, materialize
from prefect.cache_policies import NO_CACHE

from prefect_expres.execution.manifest import Manifest, SimulationResult, keep_manifest
from prefect_expres.net.url import shown_url

_KEY_LENGTH = 512
_UNSAFE = re.compile(r"[^A-Za-z0-9._~:/@+=,;!$()*-]", re.ASCII)


async def keep_result(
    folder: str, manifest: Manifest, made_from: Sequence[str | Path]
) -> SimulationResult:
    """Write the manifest, with which the simulation is complete, and tell Prefect of the asset.

    Results that were found again are no new asset: this is for those that have just come.

    Args:
        folder: Path or fsspec URL of the results' folder.
        manifest: The manifest.
        made_from: Paths or URLs of the configuration and the ephemeris.
    """
    asset = Asset(key=asset_key(folder), properties=_properties(folder, manifest))
    sources: list[str | Asset] = [asset_key(location) for location in made_from]
    keep = _keep_manifest.with_options(assets=[asset], asset_deps=sources)
    return await keep(folder, manifest)


@materialize("expres://results", name="Keep manifest", cache_policy=NO_CACHE)
async def _keep_manifest(folder: str, manifest: Manifest) -> SimulationResult:
    """Write the manifest.

    Not retried and not cached: it is the last of many files, written as they were.
    """
    return await keep_manifest(folder, manifest)


def asset_key(location: str | Path) -> str:
    """Name a path or URL as an asset: a URL without credentials and query, in safe letters."""
    text = str(location)
    scheme = urlsplit(text).scheme
    if "://" not in text or not scheme:
        scheme, text = "file", Path(text).absolute().as_uri()
    address = re.split("[?#]", shown_url(text).partition("://")[2], maxsplit=1)[0]
    return f"{scheme.lower()}://{_UNSAFE.sub('_', address)}"[:_KEY_LENGTH]


def _properties(folder: str, manifest: Manifest) -> AssetProperties:
    origin = "run by" if manifest.published is None else "published at"
    return AssetProperties(
        name=manifest.label,
        url=asset_key(folder),
        description=(
            f"ExPRES simulation {manifest.label}, fingerprint {manifest.fingerprint}, branch "
            f"{manifest.branch}, {origin} {manifest.job_url}: {len(manifest.files)} files"
        ),
    )
