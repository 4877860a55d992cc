"""What flows do and find, shown in a terminal: one module a flow, which imports that flow only."""
