"""What to do next: stages, gates and actions. Pure."""

from operators.telecom_pipeline.plan.actions import Apply, Delete, Plan, make_plan
from operators.telecom_pipeline.plan.gates import Gate
from operators.telecom_pipeline.plan.stage_view import StageView, view_stages

__all__ = ["Apply", "Delete", "Gate", "Plan", "StageView", "make_plan", "view_stages"]
