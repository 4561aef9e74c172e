"""The negotiating table: what a plan's parties move, what it does, and the files they exchange."""
