"""What tests of several rooms share: invented papers, throw-away databases."""
