"""The TZif corpus."""

from __future__ import annotations

from corpora.recipes.sample import Corpus
from corpora.recipes.tzif_invalid import INVALID
from corpora.recipes.tzif_valid import VALID

CORPUS = Corpus("tzif", VALID, INVALID)
