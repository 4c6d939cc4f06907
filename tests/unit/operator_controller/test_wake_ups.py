"""A change wakes the loop of the pipeline that the object belongs to, and tells when it happened."""

import asyncio
import threading

from operators.telecom_pipeline.controller.wake_ups import WakeUps, pipeline_of
from operators.telecom_pipeline.objects.custom_resource import KIND_NAME
from operators.telecom_pipeline.objects.labels import PIPELINE_LABEL
from operators.telecom_pipeline.objects.manifest import Manifest


def child(pipeline: str) -> Manifest:
    return {"kind": "Kafka", "metadata": {"namespace": "n", "name": "x", "labels": {PIPELINE_LABEL: pipeline}}}


def test_a_pipeline_and_its_children_belong_to_it_and_others_to_none() -> None:
    assert pipeline_of({"kind": KIND_NAME, "metadata": {"namespace": "n", "name": "p"}}) == ("n", "p")
    assert pipeline_of(child("p")) == ("n", "p")
    assert pipeline_of({"kind": "Kafka", "metadata": {"namespace": "n", "name": "x"}}) is None


def test_a_change_in_another_thread_wakes_only_its_pipeline() -> None:
    async def scenario() -> tuple[float | None, float | None]:
        wake_ups = WakeUps()
        wake_ups.attach(asyncio.get_running_loop())
        threading.Thread(target=wake_ups.ring, args=(child("p"),)).start()
        woken = await wake_ups.wait(("n", "p"), timeout_seconds=10)
        return woken, await wake_ups.wait(("n", "other"), timeout_seconds=0.01)

    woken, other = asyncio.run(scenario())
    assert woken is not None
    assert other is None


def test_a_change_during_a_pass_is_not_lost() -> None:
    async def scenario() -> float | None:
        wake_ups = WakeUps()
        wake_ups.attach(asyncio.get_running_loop())
        wake_ups.ring(child("p"))
        await asyncio.sleep(0)  # the pass is still running, so nothing waits yet
        return await wake_ups.wait(("n", "p"), timeout_seconds=10)

    assert asyncio.run(scenario()) is not None
