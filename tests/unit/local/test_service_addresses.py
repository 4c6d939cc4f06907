from local.kubernetes.service_addresses import SERVICE, with_service_addresses
from operators.telecom_pipeline.objects.manifest import Ref

ADDRESSES = {Ref(SERVICE, "telecom", "minio"): "10.96.0.7"}


def test_names_of_services_become_addresses_wherever_they_stand() -> None:
    spec = {
        "configuration": {"s3.endpoint": "http://minio.telecom.svc:9000"},
        "args": ["minio.telecom.svc.cluster.local"],
    }
    found = with_service_addresses(spec, ADDRESSES.get)
    assert found == {"configuration": {"s3.endpoint": "http://10.96.0.7:9000"}, "args": ["10.96.0.7"]}


def test_what_is_not_a_known_service_stays_as_it_is() -> None:
    spec = {"image": "localhost/fraud-detection:1", "replicas": 2, "host": "crm.telecom.svc", "is_on": True, "no": None}
    assert with_service_addresses(spec, ADDRESSES.get) == spec
