"""What groups ask people to fill in."""

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Group


class GroupForm(forms.ModelForm):  # type: ignore[type-arg] # at run time it takes no argument
    """For its labels and lengths; the actions write."""

    class Meta:
        model = Group
        fields = ("name", "description", "is_private", "words_in_mail")
        widgets = {"description": forms.Textarea({"rows": 3})}
        help_texts = {"description": _("One or two sentences: what brings you together?")}


class AskForm(forms.Form):
    """The address of a group as people pass it on: the last part alone, or the whole link."""

    address = forms.CharField(
        label=_("Address of the group"),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("As somebody of the group gave it to you, for example parents-of-no-12."),
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        return urlsplit(address.strip()).path.strip("/").rpartition("/")[2].lower()
