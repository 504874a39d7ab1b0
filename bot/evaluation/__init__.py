"""Quality of the answers: questions with known answers are asked and scored."""
