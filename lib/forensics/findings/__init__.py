"""What we claim: verdicts, severity, moments and answers, each a claim that can be traced and recomputed."""
