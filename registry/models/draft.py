"""Input of a user in a form that is not saved yet."""

from django.conf import settings
from django.db import models

from registry.models.text import CleanText


class Draft(CleanText):
    """The state of a form, one of each kind for a user; only that user sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=40)
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="draft_once_per_user_and_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user}"
