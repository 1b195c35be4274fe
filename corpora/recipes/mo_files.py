"""The corpus of GNU MO files."""

from __future__ import annotations

from corpora.recipes.mo_invalid import INVALID
from corpora.recipes.mo_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("gettext_mo", VALID, INVALID)
