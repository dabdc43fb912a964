from django.urls import path

from . import views

urlpatterns = [
    path("stage/like/<int:post>/<int:person>", views.like),
    path("stage/taken", views.taken),
]
