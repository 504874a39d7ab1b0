"""The words of questions and pages: function words, stems, shared words."""
