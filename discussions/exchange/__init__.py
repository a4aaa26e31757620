"""Consultations as files: the JSON exchange format, and tables for analysts."""
