"""What Prefect runs: flows, tasks, artifacts, runners and schedules."""
