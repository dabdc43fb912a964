from django.urls import path

from web import views

urlpatterns = [
    path("theme/", views.switch_theme, name="theme"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
