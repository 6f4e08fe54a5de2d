"""A small ferry-ticket shop, taken through three faults on a virtual clock, and what people saved of them."""
