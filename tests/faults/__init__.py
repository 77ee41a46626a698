"""The fault bench: the real bot as a process, faults on a schedule, and a checker that knows nothing of our code."""
