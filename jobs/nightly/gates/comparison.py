"""A table compared with what it was made from: sums of both, by day or another key, in one statement. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

MADE, ORIGIN = "made", "origin"


@dataclass(frozen=True)
class Side:
    """Rows to sum: `source` is what follows `from`, `key` and `sums` are expressions; a measure it lacks is 0."""

    source: str
    key: str
    sums: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """What was made against its origins, which complement each other. `subject` names what was made."""

    subject: str
    made: Side
    origins: tuple[Side, ...]

    def statement(self) -> str:
        """A query of readings (subject, value, detail) for every key at which some sum differs."""
        measures = tuple(self.made.sums)
        sides = [_summed(self.made, MADE, measures), *(_summed(origin, ORIGIN, measures) for origin in self.origins)]
        columns = ", ".join(
            f"coalesce(sum({name}) filter (where side = '{side}'), 0) as {side}_{name}"
            for name in measures
            for side in (MADE, ORIGIN)
        )
        apart = " + ".join(f"cast(abs({MADE}_{name} - {ORIGIN}_{name}) as double)" for name in measures)
        details = ", ".join(
            f"if({MADE}_{name} <> {ORIGIN}_{name}, concat('{name.replace('_', ' ')} ', cast({MADE}_{name} as varchar),"
            f" ' instead of ', cast({ORIGIN}_{name} as varchar)))"
            for name in measures
        )
        summed = " union all ".join(sides)
        return (
            f"select concat('{self.subject} ', key) as subject, {apart} as value,"  # noqa: S608
            f" array_join(array[{details}], ', ') as detail"
            f" from (select key, {columns} from ({summed}) group by key) where {apart} > 0"
        )


def _summed(side: Side, name: str, measures: tuple[str, ...]) -> str:
    sums = ", ".join(f"{side.sums.get(measure, '0')} as {measure}" for measure in measures)
    return f"select '{name}' as side, {side.key} as key, {sums} from {side.source} group by 2"  # noqa: S608
