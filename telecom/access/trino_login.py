"""How a verb logs in to Trino: as one of its users, with the password that the state folder keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.batch_settings import TrinoConnection
from contracts.environment import TRINO_PASSWORD, TRINO_USERNAME
from local.errors import LocalError
from local.services.trino import CATALOG, READERS_CATALOG, Trino
from local.services.trino_logins import TrinoUser, trino_certificates, trino_password
from local.state.paths import StateDirectory
from local.supervisor.loopback import LOOPBACK
from local.supervisor.ports import PortBook


class QueryError(LocalError):
    """Trino refused a statement or could not be reached."""


@dataclass(frozen=True)
class TrinoLogin:
    """A connection, and the credentials by the environment variables from which jobs read them."""

    connection: TrinoConnection
    credentials: Mapping[str, str] = field(repr=False)


def trino_login(state: StateDirectory, user: TrinoUser) -> TrinoLogin:
    """Login to the Trino of a state directory. Raises `QueryError` if it was never started."""
    port = PortBook(state.run).all().get(Trino.name)
    if port is None:
        raise QueryError("find Trino", "it was never started here", state.command("up"))
    connection = TrinoConnection(
        host=LOOPBACK,
        port=port,
        catalog=CATALOG if user is TrinoUser.TRANSFORMER else READERS_CATALOG,
        ca_file=trino_certificates(state).authority,
    )
    return TrinoLogin(connection, {TRINO_USERNAME: user, TRINO_PASSWORD: trino_password(state, user)})
