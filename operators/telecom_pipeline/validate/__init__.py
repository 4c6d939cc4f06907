"""From what a user wrote to a `Pipeline`, or to everything that is wrong with it. Pure."""

from operators.telecom_pipeline.validate.problem import Problem
from operators.telecom_pipeline.validate.resource import validate

__all__ = ["Problem", "validate"]
