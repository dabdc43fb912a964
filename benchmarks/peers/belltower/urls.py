from benchmarks.peers.stage.urls import urlpatterns as stage
from myproject.urls import urlpatterns as site

urlpatterns = [*stage, *site]  # mails lead to pages of the site
