"""A large community in use: how much a machine bears, what each thing costs, whether it stays so."""
