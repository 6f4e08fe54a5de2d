"""What happened: signals, breaches, moments, changes and the timeline, measured from the store."""
