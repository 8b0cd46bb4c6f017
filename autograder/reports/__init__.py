"""What a class is told: feedback, the class report, and exports to other systems."""
