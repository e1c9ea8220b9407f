"""Signing in for a token, and giving it back."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import transaction
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.base.authentication import HEADER
from registry.api.base.errors import refusal
from registry.api.base.filters import refuse_unknown
from registry.api.base.parsers import FiniteJSONParser
from registry.api.base.permissions import actor
from registry.api.base.schema import CellarSchema
from registry.api.base.strict import StrictSerializer, refuse_fields
from registry.text.cleaning import TextError, check_text

UNKNOWN = "This name and password do not belong together."


class SignInSerializer(StrictSerializer):
    """Name and password, unless they come in a Basic header."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})


class TokenSerializer(serializers.Serializer[Any]):
    """Send it with every request: `Authorization: Token …`."""

    token = serializers.CharField(help_text="Shown this once.")
    expiry = serializers.DateTimeField(allow_null=True, help_text="Null if it stays good until given back.")
    user = serializers.CharField()


class HeaderOrBody(BasicAuthentication):
    """Reads a Basic header; checks it as the body would be."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Refuse every other header but a token, which may be an old one."""
        scheme = str(request.META.get(HEADER, "Token")).partition(" ")[0].lower()
        if scheme not in ("basic", "token"):
            raise AuthenticationFailed("Sign in with name and password as JSON, or in a Basic header.")
        signed_in: tuple[User, None] | None = super().authenticate(request)
        return signed_in

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> tuple[User, None]:
        _refuse_unstorable(userid, password)
        if not SignInSerializer(data={"username": userid, "password": password}).is_valid():
            raise AuthenticationFailed(UNKNOWN)
        return sign_in(request, userid, password), None


def sign_in(request: Request, username: str, password: str) -> User:
    """The user with this name and password; repeated wrong guesses are locked out for a while."""
    plain_request = request._request
    _refuse_unstorable(username, password)
    user = authenticate(request=plain_request, username=username, password=password)
    if getattr(plain_request, "axes_locked_out", False):
        # The lock is told in the shape of every other error, rather than by its middleware's page.
        plain_request.axes_locked_out = False  # type: ignore[attr-defined]
        raise Throttled(detail="Too many wrong passwords for this name: wait a quarter of an hour.")
    if not isinstance(user, User):
        raise AuthenticationFailed(UNKNOWN)
    return user


def _refuse_unstorable(username: str, password: str) -> None:
    """Raise ValidationError for a character that no text may contain."""
    for name, text in (("username", username), ("password", password)):
        try:
            check_text(text)
        except TextError as error:
            raise refusal({name: str(error)}) from error


class Login(APIView):
    """Signs in."""

    schema = CellarSchema()
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FiniteJSONParser,)
    serializer_class = SignInSerializer

    def get_authenticate_header(self, request: Request) -> str:
        """What a wrong name or password is answered with, so that it is a 401."""
        return 'Basic realm="Cellar"'

    @extend_schema(request=SignInSerializer, responses=TokenSerializer, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Give name and password, as JSON or in a Basic header; take a token."""
        refuse_unknown(request, ())
        if in_header := HeaderOrBody().authenticate(request):
            user = in_header[0]
        else:
            sent = SignInSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            user = sign_in(request, **sent.validated_data)
        instance, token = AuthToken.objects.create(user=user)
        return Response({"token": token, "expiry": instance.expiry, "user": user.get_username()})


class Logout(APIView):
    """Gives a token back."""

    schema = CellarSchema()
    permission_classes = (IsAuthenticated,)
    parser_classes = (FiniteJSONParser,)

    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        """Make the token this request carries worthless."""
        refuse_fields(request)
        if not isinstance(request.auth, AuthToken):
            raise serializers.ValidationError(["You are signed in by session, not by token: sign out on the pages."])
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAll(APIView):
    """Gives all tokens back."""

    schema = CellarSchema()
    permission_classes = (IsAuthenticated,)
    parser_classes = (FiniteJSONParser,)

    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout_all")
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Make every token of yours worthless."""
        refuse_fields(request)
        AuthToken.objects.filter(user=actor(request)).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
