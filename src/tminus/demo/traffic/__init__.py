"""Steady traffic of many distinct users, arriving whether or not the service keeps up."""
