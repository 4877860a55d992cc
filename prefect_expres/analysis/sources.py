"""The sources of a result: their names and polarizations, and their field lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xarray as xr

from prefect_expres.analysis.windows import Hemisphere, Polarization
from prefect_expres.errors import ResultError

_HEMISPHERES: dict[str, Hemisphere] = {"NORTH": "north", "SOUTH": "south"}


@dataclass(frozen=True)
class EmissionSource:
    """A source, identified by origin, hemisphere and polarization.

    Attributes:
        name: The origin, for instance ``Io``.
        hemisphere: The hemisphere.
        polarization: RH or LH, see `prefect_expres.analysis.windows.Polarization`.
        indices: Its indices along the dimension ``source``; several if it has several field lines.
    """

    name: str
    hemisphere: Hemisphere
    polarization: Polarization
    indices: tuple[int, ...]

    @property
    def key(self) -> tuple[str, Hemisphere, Polarization]:
        """What identifies it, whatever its indices in a file."""
        return self.name, self.hemisphere, self.polarization


def sources_of(dataset: xr.Dataset) -> list[EmissionSource]:
    """List the sources in the order of the file.

    Args:
        dataset: From `open_results`.

    Raises:
        ResultError: The file does not give the hemisphere or the mode of a source.
    """
    hemispheres = of_each_source(dataset, "SRP_Source_Hemisphere")
    modes = of_each_source(dataset, "SRP_Source_Mode")
    indices: dict[tuple[str, Hemisphere, Polarization], list[int]] = {}
    for index, label in enumerate(dataset["source"].values):
        name, hemisphere = _named(str(label), hemispheres[index])
        polarization = _polarization(hemisphere, modes[index])
        indices.setdefault((name, hemisphere, polarization), []).append(index)
    return [EmissionSource(*identity, tuple(found)) for identity, found in indices.items()]


def in_order(sources: Iterable[EmissionSource], moons: Sequence[str]) -> list[EmissionSource]:
    """Give each source once: in the order of the moons, then by name and hemisphere."""
    once = {source.key: source for source in sources}
    order = list(dict.fromkeys([*moons, *sorted(source.name for source in once.values())]))
    return sorted(once.values(), key=lambda source: (order.index(source.name), *source.key))


def _named(label: str, stated: str | None) -> tuple[str, Hemisphere]:
    """Split ``Io NORTH``; without a hemisphere in the label, take that of the global attribute."""
    name, _, last = label.rpartition(" ")
    if name and last.upper() in _HEMISPHERES:
        return name, _HEMISPHERES[last.upper()]
    if stated is not None and stated.upper() in _HEMISPHERES:
        return label, _HEMISPHERES[stated.upper()]
    raise ResultError(
        f"The source {label!r} has no hemisphere: neither its label nor the attribute "
        "SRP_Source_Hemisphere says NORTH or SOUTH"
    )


def _polarization(hemisphere: Hemisphere, mode: str | None) -> Polarization:
    """Give the polarization; files before ExPRES 1.4 name no mode, which is RX.

    ExPRES writes ``_LO``, with the underscore of the file's name.
    """
    ordinary = (mode or "").strip("_").upper() == "LO"
    return "RH" if (hemisphere == "north") is not ordinary else "LH"


def of_each_source(dataset: xr.Dataset, attribute: str) -> list[str | None]:
    """Give a global attribute that has one entry for each source, or one for all."""
    count = dataset.sizes["source"]
    entries = dataset.attrs.get(attribute)
    if entries is None:
        return [None] * count
    texts = [str(each).strip() for each in (entries if isinstance(entries, list) else [entries])]
    if len(alike := set(texts)) == 1:
        return [*alike] * count
    if len(texts) == count:
        return list(texts)
    raise ResultError(f"The attribute {attribute} has {len(texts)} entries for {count} sources")
