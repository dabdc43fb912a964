"""People and their keys. Signing in here goes the way of the site's own page, with its limits."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from notifications.admin.base import ActingAdmin, LogAdmin

from .access.ending import end_rows
from .factors import actions as factors
from .models import Attempts, PhoneCode, TokenUse, User

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # as allauth documents it

PHONE = ("phone", "phone_verified_at", "urgent_by_sms")
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")

if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
else:
    _UserAdmin = DjangoUserAdmin


@admin.register(User)
class UserAdmin(ActingAdmin, _UserAdmin):
    """Nobody is deleted here: taking away `is active` ends all access, and keeps what others answered to."""

    list_display = ("username", "name", "email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "name", "email")
    ordering = ("-date_joined",)
    date_hierarchy = "date_joined"
    readonly_fields = ("date_joined", "last_login")
    filter_horizontal = ()  # Django's widget for it sets inline styles, which the CSP forbids
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "password")}),
        (_("About"), {"fields": ("bio", "time_zone", "language")}),
        (_("Phone"), {"fields": PHONE}),
        (_("Rights"), {"fields": ("is_active", *POWERS)}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "email", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """An address is its owner's to change and to confirm; power is given by those who have all of it."""
        fields = [*self.readonly_fields, *(("email",) if obj else ())]
        return fields if request.user.is_superuser else [*fields, *POWERS, *PHONE]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever could change a superuser's password would be one."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


admin.site.unregister(AuthToken)


@admin.register(AuthToken)
class TokenAdmin(ActingAdmin, LogAdmin):
    """Deleting one revokes it."""

    list_display = ("token_key", "user", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("^token_key", "=user__username", "=user__email")
    ordering = ("-created",)
    fields = readonly_fields = ("token_key", "user", "created", "expiry")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class SecondFactorAdmin(ActingAdmin, LogAdmin):
    """Deleting one is for whoever lost it: docs/operations.md says what to ask them first."""

    list_display = ("kind", "user", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    ordering = ("-pk",)
    fields = readonly_fields = ("kind", "user", "created_at", "last_used_at")  # never what is secret of it

    @admin.display(description=_("second factor"), ordering="type")
    def kind(self, factor: Authenticator) -> str:
        return str(factor.get_type_display())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever could take a superuser's away would be nearer to being one."""
        if obj is not None and obj.user.is_superuser and not request.user.is_superuser:
            return False
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        factors.take_away(obj, by=cast(User, request.user))


@admin.register(TokenUse)
class TokenUseAdmin(ActingAdmin, LogAdmin):
    """Deleting one revokes its token."""

    list_display = ("token", "agent", "address", "used_at")
    list_select_related = ("token__user",)
    search_fields = ("=token__user__username", "=address")
    ordering = ("-used_at",)
    fields = readonly_fields = ("token", "agent", "address", "used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: TokenUse) -> None:
        obj.token.delete()


admin.site.unregister(UserSession)


@admin.register(UserSession)
class SessionAdmin(ActingAdmin, LogAdmin):
    """Deleting one signs that browser out."""

    list_display = ("user", "user_agent", "ip", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email", "=ip")
    ordering = ("-last_seen_at",)
    fields = readonly_fields = ("user", "user_agent", "ip", "created_at", "last_seen_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        end_rows(UserSession.objects.filter(pk=obj.pk))


@admin.register(Attempts)
class AttemptsAdmin(ActingAdmin, LogAdmin):
    """Deleting a row lets whoever it is try again at once."""

    list_display = ("action", "key", "expires_at")
    list_filter = ("action",)
    ordering = ("-expires_at",)
    fields = readonly_fields = ("action", "key", "expires_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(PhoneCode)
class PhoneCodeAdmin(ActingAdmin, LogAdmin):
    """Deleting a row makes the code worthless."""

    list_display = ("key", "guesses", "expires_at")
    ordering = ("-expires_at",)
    fields = readonly_fields = ("key", "guesses", "expires_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
