"""Keeps what opens doors out of the logs."""

import logging
import re

# Whoever reads such an address can use it: links in mails hold their key in the path.
_KEYS = re.compile(r"(/(?:invitation|validate|password/reset/key)/)[^/\s\"']+")


class SecretLinks(logging.Filter):
    """Shortens addresses with a key in them. Django logs the address of every refused request."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        shortened = _KEYS.sub(r"\1…", message)
        if shortened != message:
            record.msg, record.args = shortened, None
        return True
