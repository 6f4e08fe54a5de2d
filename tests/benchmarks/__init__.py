"""What reading costs, beside what others do with the same bytes. `make bench` runs it; `make test` never does."""
