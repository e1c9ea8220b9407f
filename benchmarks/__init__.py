"""What Cellar costs beside the least it could cost, as ratios taken in one run."""
