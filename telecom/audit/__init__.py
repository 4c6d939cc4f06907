"""Is every event accounted for, and was every planted fraud found?"""
