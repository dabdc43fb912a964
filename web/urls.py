from django.urls import path

from web import views

urlpatterns = [
    path("theme/", views.switch_theme, name="theme"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
