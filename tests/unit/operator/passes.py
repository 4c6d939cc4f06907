"""Passes over one pipeline of a store, with controllers that follow them."""

from dataclasses import dataclass
from datetime import datetime

from operator_fixtures import NOW, Controllers

from local.cluster.object_store import SqliteCluster
from operators.telecom_pipeline.objects.manifest import Ref
from operators.telecom_pipeline.reconcile.one_pass import reconcile
from operators.telecom_pipeline.reconcile.reconciliation import Reconciliation


@dataclass(frozen=True)
class Passes:
    """Passes over the pipeline at `ref`."""

    ref: Ref

    def run(self, cluster: SqliteCluster, now: datetime = NOW) -> Reconciliation:
        reconciliation = reconcile(cluster, self.ref, now)
        assert reconciliation is not None
        return reconciliation

    def run_until_settled(self, cluster: SqliteCluster, controllers: Controllers) -> Reconciliation:
        for _ in range(16):
            self.run(cluster)
            controllers.settle()
        return self.run(cluster)
