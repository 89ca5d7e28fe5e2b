"""Tests; cases as data stand in `cases`."""
