"""One pass over a pipeline: observe, validate, render, plan, apply, status. And, at its end, the teardown."""
