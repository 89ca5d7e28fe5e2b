"""When, where and how many at once: the disk, Prefect, releases and the command line."""
