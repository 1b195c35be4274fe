"""The corpus of compiled terminfo entries."""

from __future__ import annotations

from corpora.recipes import terminfo_invalid, terminfo_invalid_extended
from corpora.recipes.sample import Corpus
from corpora.recipes.terminfo_valid import VALID

CORPUS = Corpus("terminfo", VALID, terminfo_invalid.INVALID + terminfo_invalid_extended.INVALID)
