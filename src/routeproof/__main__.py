"""`python -m routeproof` is `routeproof`."""

from routeproof.cli.main import main

if __name__ == "__main__":
    main()
