"""The operator's environment: read completely, refused with every wrong variable named."""

import pytest

from operators.telecom_pipeline.controller.settings import OperatorSettingsError, read_settings

LEAST = {"TELECOM_OPERATOR_NAMESPACE": "system", "TELECOM_IDENTITY": "pod-1"}


def test_all_namespaces_are_worked_in_unless_some_are_named() -> None:
    assert read_settings(LEAST).namespaces == ()
    assert read_settings(LEAST | {"TELECOM_NAMESPACES": ""}).namespaces == ()
    assert read_settings(LEAST | {"TELECOM_NAMESPACES": "a,b"}).namespaces == ("a", "b")


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(OperatorSettingsError, match=r"TELECOM_IDENTITY.*TELECOM_WORKERS"):
        read_settings({"TELECOM_OPERATOR_NAMESPACE": "system", "TELECOM_WORKERS": "0"})
