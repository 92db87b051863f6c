"""`python -m embedded`: what `make run` runs inside the virtual environment."""

import sys

from embedded.options import Options
from embedded.supervisor import Supervisor
from settings import SettingsError, process_environment


def main() -> int:
    """The run's exit code; a sentence where a setting is wrong."""
    environ = process_environment()
    try:
        options = Options.from_env(environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    return Supervisor(options, environ).run()


if __name__ == "__main__":
    sys.exit(main())
