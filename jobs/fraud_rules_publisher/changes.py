"""Which documents to publish so that the topic says what is wanted. Pure."""

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from contracts.events import FraudRule
from contracts.fraud_rules import RuleDocument
from contracts.fraud_rules.publication import DesiredRule


def documents_to_publish(
    desired: Iterable[DesiredRule], published: Mapping[FraudRule, RuleDocument]
) -> tuple[RuleDocument, ...]:
    """Documents of the rules that differ, each with the next version; empty if none differs.

    A rule that was never published is taken to be as the job has it built in.
    """
    current = ((rule, published.get(rule.rule) or RuleDocument.built_in(rule.rule)) for rule in desired)
    return tuple(
        rule.document(before.version + 1) for rule, before in current if rule.document(before.version) != before
    )


def newest_documents(values: Iterable[bytes | None]) -> dict[FraudRule, RuleDocument]:
    """Each rule's document with the highest version. What is not a document is left out, as the job refuses it."""
    newest: dict[FraudRule, RuleDocument] = {}
    for document in filter(None, map(_document, values)):
        known = newest.get(document.rule)
        if known is None or document.version > known.version:
            newest[document.rule] = document
    return newest


def _document(value: bytes | None) -> RuleDocument | None:
    try:
        return RuleDocument.model_validate_json(value or b"")
    except ValidationError:
        return None
