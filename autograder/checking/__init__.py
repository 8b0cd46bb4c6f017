"""What `check(f)` does: find the smallest input on which an answer fails, and name the likely mistake."""
