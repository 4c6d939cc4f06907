"""The programs that run in the pipeline, each with a pure core and a thin main."""
