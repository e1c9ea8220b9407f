"""The rows of a galvanostatic test: checked, joined, and cut into half-cycles."""
