"""The corpus of MIME caches."""

from __future__ import annotations

from corpora.recipes.mime_cache_invalid import INVALID
from corpora.recipes.mime_cache_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("mime_cache", VALID, INVALID)
