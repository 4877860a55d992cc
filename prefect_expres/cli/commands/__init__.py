"""The commands, one file a group; each is imported when it runs."""
