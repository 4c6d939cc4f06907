"""The custom resource as an object of the API: its group, version and names, and the finalizer that holds it."""

from operators.telecom_pipeline.objects.manifest import Kind

API_GROUP = "telecom.dev"
VERSION = "v1alpha1"
API_VERSION = f"{API_GROUP}/{VERSION}"
KIND_NAME = "TelecomPipeline"
PLURAL = "telecompipelines"
TELECOM_PIPELINE = Kind(API_VERSION, KIND_NAME)
# Keeps a deleted pipeline until its children are gone, in their order.
TEARDOWN_FINALIZER = f"{API_GROUP}/teardown"
