"""`python -m embedded`: what `make run` runs inside the virtual environment."""

import sys


def main() -> int:
    """The run's exit code; a sentence where a setting is wrong."""
    from embedded.options import Options
    from embedded.supervisor import Supervisor
    from settings import SettingsError, process_environment

    environ = process_environment()
    try:
        options = Options.from_env(environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    return Supervisor(options, environ).run()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the run listens to signals: nothing is started yet
        sys.exit(130)
