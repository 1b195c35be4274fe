"""The corpus of GNU MO files."""

from __future__ import annotations

from corpora.recipes import mo_invalid, mo_invalid_sysdep
from corpora.recipes.mo_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("gettext_mo", VALID, mo_invalid.INVALID + mo_invalid_sysdep.INVALID)
