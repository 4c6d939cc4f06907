"""Where the API server is and how we prove who we are: lightkube reads it; whatever is wrong with it is one error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import yaml
from lightkube.config.client_adapter import Client, ConnectionParams
from lightkube.config.kubeconfig import DEFAULT_KUBECONFIG, SERVICE_ACCOUNT, KubeConfig, SingleConfig
from lightkube.core.exceptions import ConfigError

from operators.telecom_pipeline.objects.cluster import RejectedError

__all__ = ["CredentialsError", "SingleConfig", "configured", "connected", "credentials_in_use"]

# lightkube lets through what YAML, the file system, TLS and its own look-ups raise on a kubeconfig that is not one.
_UNREADABLE = (ConfigError, yaml.YAMLError, httpx2.InvalidURL, OSError, ValueError, RecursionError)
_NOT_A_KUBECONFIG = (LookupError, AttributeError, TypeError)


class CredentialsError(RejectedError):
    """The kubeconfig, or what it names, cannot be used; says why, and which command shows it."""


def configured() -> SingleConfig:
    """The pod's service account or, outside a pod, the current context of $KUBECONFIG. Raises `CredentialsError`."""
    with credentials_in_use():
        config = KubeConfig.from_env().get()
    if config is None:
        raise CredentialsError(_advised("it names no current context"))
    if config.user is None:
        raise CredentialsError(_advised(f"context {config.context_name} names no user"))
    return config


def connected(config: SingleConfig, timeout: httpx2.Timeout) -> httpx2.Client:
    """A client with the certificates and the token of a context. Raises `CredentialsError`."""
    with credentials_in_use():
        return Client(config, ConnectionParams(timeout=timeout))


@contextmanager
def credentials_in_use() -> Iterator[None]:
    """Turn whatever is wrong with a kubeconfig, a certificate, a token or a login command into `CredentialsError`."""
    try:
        yield
    except _UNREADABLE as error:
        raise CredentialsError(_advised(" ".join(str(error).split()) or type(error).__name__)) from error
    except _NOT_A_KUBECONFIG as error:
        raise CredentialsError(_advised(f"a part is missing or has another form ({error})")) from error


def _advised(reason: str) -> str:
    return f"The Kubernetes credentials of {_source()} cannot be used: {reason}. {_advice(reason)}"


def _source() -> str:
    if Path(SERVICE_ACCOUNT, "token").is_file():
        return "this pod's service account"
    return os.environ.get("KUBECONFIG") or DEFAULT_KUBECONFIG


def _advice(reason: str) -> str:
    if os.pathsep in os.environ.get("KUBECONFIG", ""):
        return "KUBECONFIG must name one file: `kubectl config view --flatten > FILE` makes one of several."
    if "exec api version" in reason:
        return "Let `users[].user.exec.apiVersion` be client.authentication.k8s.io/v1beta1, or use a token."
    return "`kubectl config get-contexts` shows what kubectl reads; KUBECONFIG names another file."
