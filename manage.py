#!/usr/bin/env python3
"""Runs one management command. `bin/manage` does the same with the local database at hand."""

import os
import sys

from django.core.management import execute_from_command_line
from environs import EnvError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talk_london.settings")
    try:
        execute_from_command_line(sys.argv)
    except EnvError as problem:
        sys.exit(f"The settings in the environment are wrong:{problem}")
