"""Its rows. `Preference` and `Note` are for those peers that bring none of their own."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Post(models.Model):
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "stage"

    def __str__(self) -> str:
        return self.title


class Like(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "stage"
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="stage_like_once")]

    def __str__(self) -> str:
        return f"{self.person} likes {self.post}"


class Preference(models.Model):
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    class Meta:
        app_label = "stage"

    def __str__(self) -> str:
        return str(self.person)


class Note(models.Model):
    """A row of an inbox."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "stage"
        indexes = [models.Index(fields=["recipient", "-created_at"], name="stage_note_inbox")]

    def __str__(self) -> str:
        return f"{self.actor} liked {self.post}"
