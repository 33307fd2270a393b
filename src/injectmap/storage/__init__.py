"""Keeps clinics in one encrypted SQLite file each, through SQLAlchemy Core and sqlcipher3."""
