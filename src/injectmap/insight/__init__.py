"""What was injected over time, as figures and as a map of the dose on the skin; the one package with matplotlib."""
