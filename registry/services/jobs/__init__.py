"""Background jobs, and the leases by which workers claim them."""
