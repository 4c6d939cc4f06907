"""What readers see: publications, their records, and how to go back."""
