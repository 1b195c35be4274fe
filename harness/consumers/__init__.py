"""Running consumers on content, behind layers of isolation, and telling what they did."""
