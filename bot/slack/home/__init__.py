"""The Home tab and the weekly digest."""
