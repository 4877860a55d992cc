"""What every command needs to talk with people and programs: printing, questions, exit codes."""
