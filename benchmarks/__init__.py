"""Measurements that are run by hand: accuracy beside other readers."""
