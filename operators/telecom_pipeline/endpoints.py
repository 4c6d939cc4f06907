"""Where the pipeline's neighbours are, as read from observed objects."""

from dataclasses import dataclass

from contracts.settings import CatalogConnection


@dataclass(frozen=True)
class Endpoints:
    """What was observed; None where it is not known yet. Nothing here is guessed."""

    bootstrap_servers: str | None = None
    s3_endpoint: str | None = None
    catalog: CatalogConnection | None = None
