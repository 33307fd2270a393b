"""The record as it prints."""
