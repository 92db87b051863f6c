"""How the outside world becomes our events: intake, queue and worker."""
