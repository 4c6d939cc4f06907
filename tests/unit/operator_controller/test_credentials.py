"""Whatever is wrong with the kubeconfig or with who answers, a command says it in words and names what to look at."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from operators.telecom_pipeline.clusters import kube
from operators.telecom_pipeline.clusters.credentials import CredentialsError
from operators.telecom_pipeline.clusters.rest import ApiServer
from operators.telecom_pipeline.objects.custom_resource import API_VERSION, KIND_NAME
from telecom.cli.main import run

SAMPLE = "manifests/samples/minimal.yaml"


def kubeconfig(server: str = "http://127.0.0.1:9", **user: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user or {"token": "t"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }


def login(version: str, command: str) -> dict[str, Any]:
    return {"exec": {"apiVersion": f"client.authentication.k8s.io/{version}", "command": command}}


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "not YAML": b"a: [",
    "binary": bytes(range(128, 256)),
    "a list": b"- 1",
    "a text": b"hello",
    "nested too deeply": b"[" * 3000,
    "no clusters": b"contexts: []\ncurrent-context: x\n",
    "clusters of another form": b"clusters: [5]\ncontexts: []\n",
    "no current context": yaml.safe_dump(kubeconfig() | {"current-context": None}).encode(),
    "another current context": yaml.safe_dump(kubeconfig() | {"current-context": "y"}).encode(),
    "no such cluster": yaml.safe_dump(kubeconfig() | {"clusters": []}).encode(),
    "no such user": yaml.safe_dump(kubeconfig() | {"users": []}).encode(),
    "no user": yaml.safe_dump(kubeconfig() | {"contexts": [{"name": "x", "context": {"cluster": "c"}}]}).encode(),
    "a missing certificate": yaml.safe_dump(
        kubeconfig() | {"clusters": [{"name": "c", "cluster": {"server": "https://x", "certificate-authority": "no"}}]}
    ).encode(),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_kubeconfig_that_cannot_be_used_is_one_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "config"
    file.write_bytes(content)
    monkeypatch.setenv("KUBECONFIG", str(file))
    with pytest.raises(CredentialsError, match=f"credentials of {file} cannot be used: .*kubectl config"):
        ApiServer()


@pytest.mark.parametrize("where", ["missing", "."])
def test_a_kubeconfig_that_is_not_a_file_is_one_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / where))
    with pytest.raises(CredentialsError, match="not found"):
        ApiServer()


def test_several_kubeconfigs_are_to_be_made_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "a:b")
    with pytest.raises(CredentialsError, match="kubectl config view --flatten"):
        ApiServer()


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (login("v1", "true"), "Let .*exec.apiVersion.* be client.authentication.k8s.io/v1beta1"),
        (login("v1beta1", "no-such-login"), "No such file"),
        (login("v1beta1", "false"), "returned 1"),
        (login("v1beta1", "true"), "cannot be used"),
    ],
)
def test_a_login_command_that_fails_is_one_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: dict[str, Any], why: str
) -> None:
    written(monkeypatch, tmp_path, kubeconfig(**user))
    with pytest.raises(CredentialsError, match=why):
        ApiServer().call("GET", "/api/v1")


@pytest.mark.parametrize(
    ("code", "body", "why"),
    [
        (401, b'{"kind": "Status", "reason": "Unauthorized", "message": "who?"}', "401 Unauthorized: who?"),
        (401, b"<html>log in</html>", "kubectl auth whoami"),
        (403, b'{"kind": "Status", "reason": "Forbidden", "message": "no"}', "kubectl auth can-i --list"),
        (403, b"[]", "403 Forbidden"),
        (200, b"<html>log in</html>", "kubectl cluster-info"),
        (200, b"[]", "kubectl cluster-info"),
        (200, b"{}", "kubectl cluster-info"),
        (404, b"nothing here", "The cluster does not serve"),
    ],
)
@pytest.mark.parametrize("verb", [["status", "demo"], ["pause", "demo"], ["render", "demo"], ["diff", "-f", SAMPLE]])
def test_an_answer_that_refuses_ends_a_command_in_words(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    code: int,
    body: bytes,
    why: str,
    verb: list[str],
) -> None:
    with answering(code, body) as server:
        written(monkeypatch, tmp_path, kubeconfig(server))
        monkeypatch.setattr(sys, "argv", ["telecom", "kube", *verb])
        with pytest.raises(SystemExit) as ended:
            run()
    assert ended.value.code == (2 if verb[0] == "diff" else 1), "1 of diff says that there are changes"
    said = capsys.readouterr().err
    assert said.startswith("error: ") and why in said


DISCOVERED = {"resources": [{"name": "telecompipelines", "kind": KIND_NAME, "namespaced": True}]}


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("code", "advice"), [(401, "kubectl auth whoami"), (403, "kubectl auth can-i --list")])
def test_a_refused_list_ends_a_command_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, code: int, advice: str
) -> None:
    monkeypatch.setattr(kube, "_SYNC_SECONDS", 3600.0)
    refusal = json.dumps({"kind": "Status", "reason": "Refused", "message": "may not list"}).encode()
    with answering(code, refusal, {f"/apis/{API_VERSION}": json.dumps(DISCOVERED).encode()}) as server:
        written(monkeypatch, tmp_path, kubeconfig(server))
        monkeypatch.setattr(sys, "argv", ["telecom", "kube", "status", "demo"])
        with pytest.raises(SystemExit) as ended:
            run()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert KIND_NAME in said and f"{code} Refused: may not list" in said and advice in said


def written(monkeypatch: pytest.MonkeyPatch, folder: Path, config: dict[str, Any]) -> None:
    """Let KUBECONFIG name a file with this content."""
    file = folder / "config"
    file.write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(file))


@contextmanager
def answering(code: int, body: bytes, found: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """Address of a server that answers everything alike, except for the paths that it has."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = (found or {}).get(self.path)
            answer = body if known is None else known
            self.send_response(code if known is None else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
