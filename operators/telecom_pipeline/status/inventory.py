"""Which children exist, for the status. Pure."""

from collections.abc import Iterable

from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.objects.names import CHILD_KINDS
from operators.telecom_pipeline.plan.stage_report import name_of


def inventory(children: Iterable[Ref]) -> list[str]:
    """Names of children in an order that does not depend on when they were created."""
    return list(map(name_of, sorted(children, key=lambda ref: (CHILD_KINDS.index(ref.kind), ref.name))))
