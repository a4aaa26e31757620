"""A closed consultation as static pages and open data that stand without the application.

Its pages say what every reader could read when it was made: no words that are hidden, held or
withdrawn. `write_archive` makes it (discussions.archive.writing); `queue_archive` has the worker
do so and keeps it for readers.
"""

from discussions.archive.keeping import (
    MAKE_ARCHIVE,
    current_archive,
    drop_archives,
    latest_archive,
    make,
    queue_archive,
    ready_archive,
    renew_archives,
)

__all__ = [
    "MAKE_ARCHIVE",
    "current_archive",
    "drop_archives",
    "latest_archive",
    "make",
    "queue_archive",
    "ready_archive",
    "renew_archives",
]
