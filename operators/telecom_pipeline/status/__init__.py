"""From observed children to the status of the pipeline. Pure; the clock is an argument."""
