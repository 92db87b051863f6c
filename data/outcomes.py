"""What an attempt counts as: each in exactly one of five outcomes. Pure."""

from data.models import SUCCESSFUL, AttemptRow

OUTCOMES = ("success", "failed", "rollback", "in_progress", "cancelled")


def outcome_of(row: AttemptRow) -> str:
    """Which of OUTCOMES an attempt counts as."""
    if row.cancelled:
        return "cancelled"
    return "success" if row.status in SUCCESSFUL else row.status.lower()
