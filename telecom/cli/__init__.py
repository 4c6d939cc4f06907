"""The `telecom` command: one file a verb, one folder a group; each verb reads options, makes a call and prints."""
