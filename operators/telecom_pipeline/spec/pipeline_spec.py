"""`spec` of a TelecomPipeline: its sections and the switches of the whole pipeline."""

from typing import Literal

from pydantic import Field

from operators.telecom_pipeline.spec.base import SpecModel
from operators.telecom_pipeline.spec.bronze import Bronze
from operators.telecom_pipeline.spec.fraud_detection import FraudDetection
from operators.telecom_pipeline.spec.image import Image
from operators.telecom_pipeline.spec.kafka import Kafka
from operators.telecom_pipeline.spec.monitoring import Monitoring
from operators.telecom_pipeline.spec.sources import Sources
from operators.telecom_pipeline.spec.storage import Storage
from operators.telecom_pipeline.spec.transform import Transform
from operators.telecom_pipeline.spec.upgrade import UpgradePolicy

Profile = Literal["dev", "production"]


class PipelineSpec(SpecModel):
    """A streaming lakehouse for telecom events: from Kafka through Iceberg to SQL."""

    profile: Profile = Field(
        default="dev",
        description="`dev` fits on one machine; `production` survives the loss of a node: at least three brokers, "
        "three copies of each partition, TLS. It sets the defaults of other fields. Immutable.",
    )
    paused: bool = Field(
        default=False,
        description="While true, the operator changes nothing and only reports. The pipeline keeps running.",
    )
    mode: Literal["Apply", "DryRun"] = Field(
        default="Apply",
        description="`Apply` carries changes out. With `DryRun`, the operator changes nothing, and `status.dryRun` "
        "says what it would do and in which steps.",
    )
    desired_state: Literal["Running", "Suspended"] = Field(
        default="Running",
        description="`Suspended` stops the sources, then the sink; Kafka, its topics and all data stay as they are.",
    )
    deletion_policy: Literal["Retain", "Delete"] = Field(
        default="Retain",
        description="What happens to the records in Kafka when the pipeline is deleted: `Retain` keeps topics and "
        "volumes, `Delete` removes them. Tables and files in the warehouse are never removed.",
    )
    upgrade: UpgradePolicy = Field(
        default=UpgradePolicy(), description="How a running pipeline is brought to a changed spec."
    )
    monitoring: Monitoring = Field(
        default=Monitoring(), description="When the conditions `BronzeFresh`, `LagBounded` and `Published` hold."
    )
    image: Image = Field(default=Image(), description="Container images of the pipeline's own jobs.")
    kafka: Kafka = Field(default=Kafka(), description="The Kafka cluster and its topics.")
    storage: Storage = Field(description="The object store and the Iceberg catalog.")
    sources: Sources = Field(description="Where events come from.")
    bronze: Bronze = Field(default=Bronze(), description="The sink from topics into Iceberg tables.")
    fraud_detection: FraudDetection | None = Field(
        default=None, description="Finds fraud in calls and SMS with Flink. If absent, nothing looks for it."
    )
    transform: Transform | None = Field(
        default=None, description="Turns the events in bronze into audited numbers. If absent, there are only events."
    )
