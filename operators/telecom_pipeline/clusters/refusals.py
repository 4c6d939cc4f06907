"""What an API server refuses, in words: which object or kind it was about, and what to look at."""

from collections.abc import Iterator
from contextlib import contextmanager

from operators.telecom_pipeline.clusters.rest import CHECK_LOGIN, CHECK_RIGHTS, StatusError
from operators.telecom_pipeline.objects.cluster import ClusterError, NamespaceEndingError, RejectedError
from operators.telecom_pipeline.objects.manifest import Ref


@contextmanager
def as_cluster_errors(subject: Ref | str) -> Iterator[None]:
    """Word a refusal that concerns an object or a kind."""
    try:
        yield
    except StatusError as error:
        raise cluster_error(subject, error) from error


def cluster_error(subject: Ref | str, error: StatusError) -> ClusterError:
    """What is wrong, with the next command where there is one."""
    if error.is_namespace_ending:
        return NamespaceEndingError(f"{subject} is not created: its namespace is being deleted.")
    if error.code == 401:
        return RejectedError(f"No access to {subject}: {error}. {CHECK_LOGIN}")
    if error.code == 403:
        return RejectedError(f"Not allowed to use {subject}: {error}. {CHECK_RIGHTS}")
    if error.is_overload or error.is_lost_race:
        return ClusterError(f"{subject}: {error}")
    details = "; ".join(cause for cause in error.causes if cause)
    return RejectedError(f"The API server refused {subject}: {error.message}" + (f" ({details})" if details else ""))
