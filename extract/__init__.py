"""Bytes in, facts out, facts to triples. Pure: no disk, no network, no Prefect."""
