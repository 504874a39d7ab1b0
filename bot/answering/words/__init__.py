"""The words of questions, pages and models: function words, stems, numbers, names, things."""
