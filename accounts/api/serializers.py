"""How people come in and go out of the API."""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from myproject.api_fields import Choice, Moment, Text

from ..models import USERNAME_LENGTH, User, validate_time_zone

PASSWORD_LENGTH_MAX = 1024  # hashing takes its time with more


class SignUpSerializer(serializers.Serializer[Any]):
    name = Text(max_length=80)
    email = serializers.EmailField(max_length=254)
    password = Text(max_length=PASSWORD_LENGTH_MAX, trim_whitespace=False)


class SignInSerializer(serializers.Serializer[Any]):
    email = Text(max_length=254)
    password = Text(max_length=PASSWORD_LENGTH_MAX, trim_whitespace=False)


class ConfirmSerializer(serializers.Serializer[Any]):
    challenge = Text(max_length=500)
    code = Text(max_length=40)


class SecondFactorSerializer(serializers.Serializer[Any]):
    """What a 401 says where the first step was right and another is needed."""

    detail = serializers.CharField()
    mfa_required = serializers.BooleanField(required=False)
    challenge = serializers.CharField(required=False)


class RequestCodeSerializer(serializers.Serializer[Any]):
    phone = Text(max_length=40)


class VerifyCodeSerializer(RequestCodeSerializer):
    otp = Text(max_length=20)


class RequestMailCodeSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class MailedCodeSerializer(serializers.Serializer[Any]):
    code = Text(max_length=20)


class VerifyMailCodeSerializer(RequestMailCodeSerializer, MailedCodeSerializer):
    pass


class ChangePasswordSerializer(serializers.Serializer[Any]):
    current_password = Text(max_length=PASSWORD_LENGTH_MAX, trim_whitespace=False)
    new_password = Text(max_length=PASSWORD_LENGTH_MAX, trim_whitespace=False)


class ResetPasswordSerializer(VerifyMailCodeSerializer):
    new_password = Text(max_length=PASSWORD_LENGTH_MAX, trim_whitespace=False)


class OwnNumberSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(allow_null=True, help_text="Null where none is proven.")
    verified_at = Moment(allow_null=True)


class ProofSerializer(serializers.Serializer[Any]):
    password = Text(
        max_length=PASSWORD_LENGTH_MAX,
        trim_whitespace=False,
        default="",
        allow_blank=True,
        help_text="One's own, once more, of whoever has no second step.",
    )
    code = Text(
        max_length=40,
        default="",
        allow_blank=True,
        help_text="Of the app, or a recovery code, where a second step is on; else one from "
        "`/api/auth/request-code` will do in place of the password.",
    )


class NewNumberSerializer(RequestCodeSerializer, ProofSerializer):
    pass


class PersonSerializer(serializers.Serializer[Any]):
    """What everybody may know of somebody."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()


class AccountSerializer(PersonSerializer):
    """What comes with a token."""

    email = serializers.EmailField()


class MeSerializer(AccountSerializer):
    """All that one may know of oneself."""

    email_verified = serializers.SerializerMethodField()
    time_zone = serializers.CharField()
    language = serializers.CharField()
    bio = serializers.CharField()

    def get_email_verified(self, user: User) -> bool:
        return bool(EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=True).exists())


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()
    user = AccountSerializer()


class ChangedPasswordSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(required=False, help_text="In place of the one that asked.")
    user = AccountSerializer()


class EditMeSerializer(serializers.Serializer[Any]):
    name = Text(max_length=80, required=False)
    username = Text(
        max_length=USERNAME_LENGTH,
        required=False,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9_-]+\Z", _("Use letters, digits, hyphen and underscore only."))
        ],
    )
    bio = Text(max_length=300, required=False, allow_blank=True)
    time_zone = Text(max_length=64, required=False, validators=[validate_time_zone])
    language = Choice(choices=settings.LANGUAGES, required=False)

    def validate_name(self, name: str) -> str:
        return " ".join(name.split())
