"""What we hold: files found, recognised, read into the store, and what is wrong with them."""

import forensics.store  # noqa: F401  first of all, for it keeps Arrow from importing pandas
