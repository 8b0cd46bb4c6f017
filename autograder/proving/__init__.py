"""The course proves itself: solutions pass, blanks earn nothing, mistakes are known, and mutants die."""
