"""A local page that shows the mails of a demo installation. Never in production."""
