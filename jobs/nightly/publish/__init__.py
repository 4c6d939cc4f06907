"""What readers see: publications, their records, and the way back."""
