"""URLs of the admin, the API, sign-in and the pages."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from registry.web.entry.base.sign_in import SignInView

handler404 = "registry.web.not_found.page_not_found"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("registry.api.urls")),
    path("sign-in/", SignInView.as_view(), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("", include("registry.web.urls", namespace="web")),
]
