"""Lists of structures to C that reads them in a trial, finds them right, and keeps none of them."""
