#!/usr/bin/env python3
"""Runs one management command. `bin/manage` does the same with the local database at hand."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talk_london.settings")
    execute_from_command_line(sys.argv)
