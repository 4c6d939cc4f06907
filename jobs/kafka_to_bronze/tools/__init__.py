"""Commands beside the sink: replay dead letters, accept a loss."""
