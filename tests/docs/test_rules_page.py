"""The page of rules is made from the tables of rules and warnings.

After a change of a rule, ``python -m tests.docs.test_rules_page`` writes the page anew.
"""

import json
import re
from collections.abc import Iterator, Mapping

from prefect_expres.expres.problem import Part
from prefect_expres.expres.rules import RULES, Rule
from prefect_expres.expres.warnings import WARNINGS
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "reference" / "rules.md"
EXAMPLE = ROOT / "prefect_expres" / "examples" / "earth-jupiter-io-20180913.json"
TABLES: Mapping[str, Mapping[str, Rule]] = {"rules": RULES, "warnings": WARNINGS}


def key_of(rule: Rule) -> str:
    """Give the key that a rule looks at, as ``BODY[].MAG``."""
    parts = rule.where(Part(json.loads(EXAMPLE.read_text(encoding="utf-8"))))
    return re.sub(r"\d+", "", parts[0].at(rule.key)) if parts else rule.key


def rows(table: Mapping[str, Rule]) -> Iterator[str]:
    """Write a table, a rule a line; what depends on the file is said in words."""
    yield "| Key | Reason | Remedy |"
    yield "| --- | --- | --- |"
    for rule in table.values():
        fix = rule.fix if isinstance(rule.fix, str) else "depends on the file"
        yield f"| `{key_of(rule)}` | {rule.rule.replace('|', chr(92) + '|')} | {fix} |"


def page_with_tables(text: str) -> str:
    """Put the tables between their marks."""
    for name, table in TABLES.items():
        marks = f"% {name}: made from the code\n\n", f"\n\n% end of {name}"
        before, _, rest = text.partition(marks[0])
        after = rest.partition(marks[1])[2]
        text = "".join((before, marks[0], "\n".join(rows(table)), marks[1], after))
    return text


def test_the_page_has_every_rule_and_warning() -> None:
    """As the tables have them now."""
    text = PAGE.read_text(encoding="utf-8")
    assert text == page_with_tables(text)
    assert text.count("\n| `") == len(RULES) + len(WARNINGS)


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
