"""The corpus of MaxMind DB files."""

from __future__ import annotations

from corpora.recipes import maxmind_invalid, maxmind_invalid_values
from corpora.recipes.maxmind_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("maxmind_db", VALID, maxmind_invalid.INVALID + maxmind_invalid_values.INVALID)
