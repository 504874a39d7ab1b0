"""Questions in another language than the pages: dictionaries, translation, advice."""
