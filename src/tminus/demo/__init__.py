"""The demonstration: a sample service, its traffic, and the launch that runs against them."""
