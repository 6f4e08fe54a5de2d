"""The closed room in which SQLite evidence is read: it needs the standard library alone, and is run in isolation."""
