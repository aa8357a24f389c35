"""Bytes of one file to a `Note`.  Pure: no I/O, no clock, no network, nothing raised on content."""
