"""Inventory reports: what the vendors themselves write down about a bucket, read instead of listing it."""
