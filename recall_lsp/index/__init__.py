"""Notes to something that can be asked, durable.  The only layer that knows storage."""
