"""The application in a browser: a page is one file in `pages/` and one template; what it knows comes from `app/`."""
