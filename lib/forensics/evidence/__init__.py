"""What we hold: files found, recognised, read into the store, and what is wrong with them."""
