"""Tables on countries and institutions."""
