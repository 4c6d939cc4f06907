"""What the pods of the samples start: every container that the operator renders, batch runs among them."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from operator_fixtures import SAMPLE_NAMES, endpoints_of, pipeline_of, sample

from operators.telecom_pipeline.objects.labels import NAME_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.render import render
from operators.telecom_pipeline.render.transform import BATCH_JOBS, render_batch_run


class Started(NamedTuple):
    """A component, and the image and module that its pod runs."""

    component: str
    image: str
    module: str


def started_components() -> Iterator[Started]:
    for manifest in chain.from_iterable(map(rendered, SAMPLE_NAMES)):
        if manifest["kind"] in ("Deployment", "Job"):
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            component = manifest["metadata"]["labels"][NAME_LABEL]
            yield Started(component, repository_of(container["image"]), container["command"][-1])


def rendered(sample_name: str) -> tuple[Manifest, ...]:
    pipeline = pipeline_of(sample(sample_name))
    endpoints = endpoints_of(pipeline)
    runs = (render_batch_run(pipeline, endpoints, component) for component in BATCH_JOBS if pipeline.batch_jobs)
    return (*render(pipeline, endpoints), *runs)


def repository_of(image: str) -> str:
    return image.rpartition("/")[2].partition(":")[0]
