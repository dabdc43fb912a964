"""What people may ask for about themselves, under /api/."""

from django.urls import re_path

from . import views

urlpatterns = [
    re_path(r"^users/me/export/?\Z", views.OwnExport.as_view(), name="api-export"),
    re_path(r"^users/me/export/file/?\Z", views.ExportFile.as_view(), name="api-export-file"),
    re_path(r"^users/me/departure/?\Z", views.OwnDeparture.as_view(), name="api-leave"),
    re_path(r"^users/me/history/?\Z", views.History.as_view(), name="api-history"),
]
