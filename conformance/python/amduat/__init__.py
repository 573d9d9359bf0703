"""A second implementation of the Amduat specifications, written from their text."""
