"""Lists that staff look things up in, and change nothing of."""


class ReadOnlyAdmin:
    """Before ModelAdmin or an inline, in the bases of a class."""

    def has_add_permission(self, *_arguments: object) -> bool:
        return False

    def has_change_permission(self, *_arguments: object) -> bool:
        return False

    def has_delete_permission(self, *_arguments: object) -> bool:
        return False
