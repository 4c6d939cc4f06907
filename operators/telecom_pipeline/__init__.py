"""Turns one TelecomPipeline resource into its children, and their states into its status."""
