"""Which mutants of an area are run: the same ones for the same seed, spread over the modules."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from .mutants import Mutant, changed_source


def spread(mutants: Sequence[Mutant], seed: str) -> list[Mutant]:
    """Put mutants in an order whose every beginning is spread evenly over the modules.

    The order within a module depends on the names of the mutants alone, so that a change to one
    module leaves the others' samples as they are.

    Args:
        mutants: The mutants of an area.
        seed: Another seed gives another order.
    """
    modules: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        modules[mutant.source.label].append(mutant)
    placed: list[tuple[float, str, Mutant]] = []
    for label, those in modules.items():
        those.sort(key=lambda mutant: _draw(seed, mutant.id))
        start = _draw(seed, label)
        placed += [((n + start) / len(those), one.id, one) for n, one in enumerate(those)]
    return [mutant for _, _, mutant in sorted(placed, key=lambda one: one[:2])]


def distinct(mutants: Sequence[Mutant], most: int) -> Iterator[tuple[Mutant, str]]:
    """Give mutants with their sources; leave out what changes nothing or the same as another.

    Args:
        mutants: The mutants, in the order of the sample.
        most: How many to give.
    """
    seen: set[tuple[str, str]] = set()
    for mutant in mutants:
        if len(seen) >= most:
            return
        text = changed_source(mutant)
        if text is not None and (mutant.source.label, text) not in seen:
            seen.add((mutant.source.label, text))
            yield mutant, text


def _draw(seed: str, name: str) -> float:
    """Give a number from 0 to 1 that depends on nothing else."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)
