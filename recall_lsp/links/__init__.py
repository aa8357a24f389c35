"""The notes as the writer has them open: where links lead, what leads here, and edits that keep every link right."""
