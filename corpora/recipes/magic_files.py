"""The corpus of compiled magic."""

from __future__ import annotations

from corpora.recipes import magic_invalid, magic_invalid_fields
from corpora.recipes.magic_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("magic_mgc", VALID, magic_invalid.INVALID + magic_invalid_fields.INVALID)
