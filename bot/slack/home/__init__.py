"""How it goes as a whole: the Home tab, and the weekly digest."""
