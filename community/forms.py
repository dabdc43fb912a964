"""The forms of posts and comments. What they let through is checked again by the actions."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .images import PICTURES_MAX, Upload
from .models import Comment, Group, Post
from .models.comments import COMMENT_LENGTH
from .models.posts import ALT_LENGTH, CONTENT_LENGTH, TITLE_LENGTH


class PictureRow(NamedTuple):
    file: "UploadedFile[Any] | None"
    alt: str


class PicturesInput(forms.Widget):
    """A row for each of the pictures: a file, and what it shows for those who cannot see it."""

    template_name = "community/widgets/pictures.html"
    needs_multipart_form = True
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value or [PictureRow(None, "")] * PICTURES_MAX
        context["widget"]["rows"] = [
            {"number": n + 1, "name": f"{name}_{n}", "alt_name": f"alt_{n}", "alt": row.alt}
            for n, row in enumerate(rows)
        ]
        context["widget"]["alt_length"] = ALT_LENGTH
        return context

    def value_from_datadict(
        self, data: Mapping[str, Any], files: "MultiValueDict[str, UploadedFile[Any]]", name: str
    ) -> list[PictureRow]:
        return [PictureRow(files.get(f"{name}_{n}"), data.get(f"alt_{n}", "")) for n in range(PICTURES_MAX)]


class PicturesField(forms.Field):
    widget = PicturesInput

    def clean(self, value: list[PictureRow]) -> list[Upload]:
        return [Upload(row.file, row.alt) for row in value if row.file is not None]


class PostForm(forms.Form):
    """The words of a post; all of it that can be changed later."""

    title = forms.CharField(
        label=_("Title"),
        max_length=TITLE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    content = forms.CharField(
        label=_("Text"),
        max_length=CONTENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Markdown works: *soft*, **strong**, - lists. Call somebody by @username."),
        error_messages={"required": _("Write something first.")},
    )


class NewPostForm(PostForm):
    group = forms.ModelChoiceField(
        label=_("For whom"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("Everybody here"),
        error_messages={"invalid_choice": _("You can post in groups that you belong to.")},
    )
    images = PicturesField(
        label=_("Pictures"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB each. Where and when they were taken is removed."),
    )
    field_order = ("group", "title", "content", "images")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Group]", self.fields["group"]).queryset = Group.objects.joined_by(user)


class CommentForm(forms.Form):
    content = forms.CharField(
        label=_("Your comment"),
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("Say something kind or useful")}),
        error_messages={"required": _("Write something first.")},
    )


class NewCommentForm(CommentForm):
    parent = forms.ModelChoiceField(
        queryset=Comment.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The comment you are replying to is not here any more.")},
    )

    def __init__(self, post: Post, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = cast("forms.ModelChoiceField[Comment]", self.fields["parent"])
        parents.queryset = post.comments.public()


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """What an action refused, beside the fields it names."""
    for field, messages in getattr(error, "error_dict", {NON_FIELD_ERRORS: [error]}).items():
        form.add_error(field if field in form.fields else None, messages)
