"""Files of EC-Lab."""
