"""The corpus of MIME caches."""

from __future__ import annotations

from corpora.recipes import mime_cache_invalid, mime_cache_invalid_trees
from corpora.recipes.mime_cache_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("mime_cache", VALID, mime_cache_invalid.INVALID + mime_cache_invalid_trees.INVALID)
