"""An image to pack: its full name, its layers, and how a process in it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts.version import VERSION
from operators.telecom_pipeline.render.workload import USER_ID
from operators.telecom_pipeline.spec.image import LOCAL_REGISTRY


@dataclass(frozen=True)
class Image:
    """`layers` are tar files from the lowest to the topmost; programs in `path` come before those of the system."""

    name: str
    layers: Sequence[Path]
    path: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = "/"

    @property
    def config(self) -> dict[str, object]:
        """As the image format has it; the user is that of our pods."""
        environment = {"PATH": f"{self.path}/usr/local/bin:/usr/bin:/bin", **self.environment}
        return {
            "User": f"{USER_ID}:{USER_ID}",
            "WorkingDir": self.working_directory,
            "Env": [f"{name}={value}" for name, value in environment.items()],
            "Cmd": ["sh"],
        }


def image_name(image: str) -> str:
    """Full name of an image of ours, with the version of this checkout as its tag."""
    return f"{LOCAL_REGISTRY}/{image}:{VERSION}"
