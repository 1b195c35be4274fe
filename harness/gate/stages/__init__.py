"""The stages of the gate, one file each: a case in, what was found and done out."""
