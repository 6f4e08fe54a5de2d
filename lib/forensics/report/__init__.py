"""What is shown: pictures, the stakeholders' page, the Markdown post-mortem, and what is blurred in them."""
