"""The custom resource as an object of the API: its kind, and the finalizer that holds a deleted one."""

from operators.telecom_pipeline.objects.manifest import Kind
from operators.telecom_pipeline.spec import API_GROUP, API_VERSION, KIND_NAME

TELECOM_PIPELINE = Kind(API_VERSION, KIND_NAME)
# Keeps a deleted pipeline until its children are gone, in their order.
TEARDOWN_FINALIZER = f"{API_GROUP}/teardown"
