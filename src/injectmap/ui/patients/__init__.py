"""Patients: search, header, new patient, treatment sessions on a time line."""
