"""Run the command line with ``python -m coterminosity``."""

from coterminosity.cli import main

if __name__ == "__main__":
    main()
