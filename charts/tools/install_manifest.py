"""manifests/install.yaml: the operator's chart as one file, for those who do not use helm.

`python -m charts.tools.install_manifest` writes it; a test compares it with the chart.
"""

import argparse

from charts.tools.helm import OPERATOR_CHART, helm
from local.artefacts.versions import REPOSITORY

INSTALL_MANIFEST = REPOSITORY / "manifests" / "install.yaml"
NAMESPACE = "telecom-system"
_HEADER = """\
# The operator with its CRD and rights: kubectl apply --server-side -f manifests/install.yaml
# Written by `python -m charts.tools.install_manifest` from charts/telecom-operator. Do not edit.
apiVersion: v1
kind: Namespace
metadata:
  name: telecom-system
  labels: {pod-security.kubernetes.io/enforce: restricted}
"""


def install_manifest() -> str:
    """Text of the file. Raises `HelmError`."""
    return _HEADER + helm("template", "telecom-operator", str(OPERATOR_CHART), "--namespace", NAMESPACE)


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m charts.tools.install_manifest", description=__doc__).parse_args()
    INSTALL_MANIFEST.write_text(install_manifest())
