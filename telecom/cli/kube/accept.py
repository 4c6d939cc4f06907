"""`telecom kube accept`: let a day go out although a gate refuses it."""

from operators.telecom_pipeline.objects import names
from telecom.access.kube import kube_pipeline
from telecom.batch.kube_run import run_in_kubernetes
from telecom.cli.acceptance_options import ByOption, DaysOption, GateOption, ReasonOption, asked_acceptance
from telecom.cli.options import KubeName, KubeNamespace
from telecom.terminal.console import notices, tell


def accept(
    name: KubeName,
    gate: GateOption,
    day: DaysOption,
    reason: ReasonOption,
    by: ByOption = "",
    namespace: KubeNamespace = "",
) -> None:
    """Accept what a gate refuses about a day, by a Job of the cluster; see `telecom accept`."""
    arguments = asked_acceptance(gate, day, reason, by).arguments()
    with kube_pipeline(name, namespace) as found:
        logs = run_in_kubernetes(found, names.GATE_ACCEPTANCE, arguments, tell)
    notices.print(f"recorded; {logs} shows what stands. Next: telecom kube run {name} nightly")
