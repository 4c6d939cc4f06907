"""Fraud rules: parameters with their defaults (the single source), control messages, a reference of each rule."""

from contracts.fraud_rules.document import (
    BUILT_IN_VERSION,
    RefusalReason,
    RuleDocument,
    RuleReport,
    built_in_documents,
    parameter_schemas,
)
from contracts.fraud_rules.parameters import (
    PARAMETER_MODELS,
    CallVelocityParameters,
    ImpossibleTravelParameters,
    RevenueShareParameters,
    RuleParameters,
    SimBoxParameters,
    SimSwapParameters,
    WangiriParameters,
)

__all__ = [
    "BUILT_IN_VERSION",
    "PARAMETER_MODELS",
    "CallVelocityParameters",
    "ImpossibleTravelParameters",
    "RefusalReason",
    "RevenueShareParameters",
    "RuleDocument",
    "RuleParameters",
    "RuleReport",
    "SimBoxParameters",
    "SimSwapParameters",
    "WangiriParameters",
    "built_in_documents",
    "parameter_schemas",
]
