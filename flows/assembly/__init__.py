"""From pages to a release, in batches, with a ledger of what was read before; without Prefect."""
