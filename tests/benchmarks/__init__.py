"""`script/bench`: what the product takes, against yardsticks measured in the same run."""
