"""Run the command line as ``python -m prefect_expres.cli``."""

from prefect_expres.cli.main import main

if __name__ == "__main__":
    main()
