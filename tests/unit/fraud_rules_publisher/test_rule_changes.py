"""Only rules that differ are published, each one version above what is there."""

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import FraudRule
from contracts.fraud_rules import RuleDocument, built_in_documents
from contracts.fraud_rules.publication import DesiredRule
from jobs.fraud_rules_publisher.changes import documents_to_publish, newest_documents

BUILT_IN = tuple(
    DesiredRule(rule=document.rule, enabled=True, parameters=document.parameters.model_dump(mode="json"))
    for document in built_in_documents()
)


def velocity(enabled: bool = True, **parameters: Any) -> DesiredRule:
    return DesiredRule(rule=FraudRule.CALL_VELOCITY, enabled=enabled, parameters=parameters)


def test_the_built_in_rules_need_no_document() -> None:
    assert documents_to_publish(BUILT_IN, {}) == ()


@pytest.mark.parametrize("rule", [velocity(max_calls=30), velocity(enabled=False)])
def test_a_rule_that_differs_is_published_above_the_built_in_version(rule: DesiredRule) -> None:
    (document,) = documents_to_publish([rule], {})
    assert document == rule.document(version=2)


def test_what_was_published_is_not_published_again() -> None:
    desired = [velocity(max_calls=30)]
    (document,) = documents_to_publish(desired, {})
    assert documents_to_publish(desired, newest_documents([document.to_record()[1]])) == ()


def test_going_back_to_the_defaults_is_a_change_with_the_next_version() -> None:
    published = {FraudRule.CALL_VELOCITY: velocity(max_calls=30).document(7)}
    (document,) = documents_to_publish(BUILT_IN, published)
    assert (document.rule, document.version) == (FraudRule.CALL_VELOCITY, 8)


def test_the_highest_version_counts_and_what_is_no_document_does_not() -> None:
    old, new = velocity(max_calls=30).document(2), velocity(max_calls=31).document(3)
    values = [new.to_record()[1], None, b"{broken", b"{}", b'{"rule": "no_such_rule"}', old.to_record()[1]]
    assert newest_documents(values) == {FraudRule.CALL_VELOCITY: new}


def test_a_parameter_that_the_rule_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError):
        documents_to_publish([velocity(max_cals=30)], {})


def test_versions_of_rules_do_not_depend_on_each_other() -> None:
    published = {FraudRule.IRSF: RuleDocument.built_in(FraudRule.IRSF).model_copy(update={"version": 9})}
    assert {document.version for document in documents_to_publish([velocity(max_calls=30)], published)} == {2}
