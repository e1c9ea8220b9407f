"""What typed entries need before they are saved."""
