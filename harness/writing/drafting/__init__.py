"""Drafts: a content under construction, what is known of it, how it is judged and written."""
