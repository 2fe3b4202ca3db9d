"""From the page a team has to a plan that T-minus runs: read, understood, written, and accounted for line by line."""
