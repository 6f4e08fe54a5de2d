"""People: the command line, the batch, the notebooks' case and its widgets."""
