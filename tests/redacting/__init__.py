"""How redaction is measured: generated texts whose labels come from whoever generated them, never from a rule."""
