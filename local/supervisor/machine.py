"""What an adapter or a service needs from the machine on which it runs processes."""

import os
from dataclasses import dataclass

from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK
from local.supervisor.ports import PortBook
from local.supervisor.supervisor import Supervisor

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")


@dataclass(frozen=True)
class Machine:
    """Folders, ports and processes of one LocalCluster.

    `address` is where clients find its Kafka: loopback or, for pods of a node on this machine, the node's address.
    """

    state: StateDirectory
    ports: PortBook
    supervisor: Supervisor
    address: str = LOOPBACK


def base_environment() -> dict[str, str]:
    """The few variables that engines may inherit, so that none of the caller's credentials or settings leak in."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
