"""The application as a server loads it."""

from admin_app import create_app

app = create_app()
