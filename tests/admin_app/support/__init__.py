"""What the http tests stand on: a small district, apps over copies of it, and a browser without a screen."""
