"""How long the package takes beside a loop written by hand, and beside other libraries."""
