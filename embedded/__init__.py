"""`make run`: an embedded AWS and the supervisor that starts the whole dashboard around it."""
