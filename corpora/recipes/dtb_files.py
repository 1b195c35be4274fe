"""The corpus of flattened devicetrees."""

from __future__ import annotations

from corpora.recipes import dtb_invalid, dtb_invalid_tree
from corpora.recipes.dtb_valid import VALID
from corpora.recipes.sample import Corpus

CORPUS = Corpus("dtb", VALID, dtb_invalid.INVALID + dtb_invalid_tree.INVALID)
