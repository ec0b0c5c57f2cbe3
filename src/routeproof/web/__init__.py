"""The application in a browser: one page is one file in `pages/` and one template; everything it knows comes from `app/`."""
