"""The flows: Prefect runs them, science flows compose them."""
