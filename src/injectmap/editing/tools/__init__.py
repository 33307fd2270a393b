"""What a press, a drag and a release mean, one class per tool."""
