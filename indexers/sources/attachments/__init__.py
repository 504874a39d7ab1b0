"""Files that hang on a page, from their bytes to sections. Nothing is fetched."""
