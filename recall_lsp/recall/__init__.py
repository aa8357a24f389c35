"""A moment of writing to ranked hits with their reasons.  No storage, no protocol."""
