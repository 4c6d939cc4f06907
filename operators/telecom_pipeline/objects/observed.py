"""What a pass found in the cluster. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from operators.telecom_pipeline.objects.manifest import Manifest, Ref


@dataclass(frozen=True)
class Observed:
    """What the cluster had: children by reference, and the objects that the storage section refers to."""

    children: Mapping[Ref, Manifest] = field(default_factory=dict)
    references: Mapping[Ref, Manifest | None] = field(default_factory=dict)

    def child(self, ref: Ref) -> Manifest | None:
        """One child, or None."""
        return self.children.get(ref)
