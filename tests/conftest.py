"""Shared by all tests: what stands beside this file can be imported from every test."""
