"""Sign in for a token, and revoke tokens."""

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
from registry.api.base.errors import validation_error
from registry.api.base.filters import refuse_unknown
from registry.api.base.parsers import FiniteJSONParser
from registry.api.base.permissions import actor
from registry.api.base.schema import CellarSchema
from registry.api.base.strict import StrictSerializer, refuse_fields
from registry.text.cleaning import TextError, check_text

WRONG_CREDENTIALS = "Wrong username or password."


class SignInSerializer(StrictSerializer):
    """Username and password, unless sent in a Basic header."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})


class TokenSerializer(serializers.Serializer[Any]):
    """A token, to be sent with every request: `Authorization: Token …`."""

    token = serializers.CharField(help_text="Shown only once.")
    expiry = serializers.DateTimeField(allow_null=True, help_text="Null if the token does not expire.")
    user = serializers.CharField()


class LoginAuthentication(BasicAuthentication):
    """Basic authentication, with the same checks as for a JSON body."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Accept a Basic header; ignore a token, which may have expired; reject any other header."""
        scheme = str(request.META.get(HEADER, "Token")).partition(" ")[0].lower()
        if scheme not in ("basic", "token"):
            raise AuthenticationFailed("Send username and password as JSON or in a Basic header.")
        signed_in: tuple[User, None] | None = super().authenticate(request)
        return signed_in

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> tuple[User, None]:
        _check_texts(userid, password)
        if not SignInSerializer(data={"username": userid, "password": password}).is_valid():
            raise AuthenticationFailed(WRONG_CREDENTIALS)
        return sign_in(request, userid, password), None


def sign_in(request: Request, username: str, password: str) -> User:
    """The user with these credentials; repeated failures are temporarily locked out."""
    django_request = request._request
    _check_texts(username, password)
    user = authenticate(request=django_request, username=username, password=password)
    if getattr(django_request, "axes_locked_out", False):
        # Respond in the common error format instead of the page of axes' middleware.
        django_request.axes_locked_out = False  # type: ignore[attr-defined]
        raise Throttled(detail="Too many failed sign-ins for this username: try again in 15 minutes.")
    if not isinstance(user, User):
        raise AuthenticationFailed(WRONG_CREDENTIALS)
    return user


def _check_texts(username: str, password: str) -> None:
    """Raise ValidationError for text that cannot be stored."""
    for name, text in (("username", username), ("password", password)):
        try:
            check_text(text)
        except TextError as error:
            raise validation_error({name: str(error)}) from error


class LoginView(APIView):
    """Signs in and returns a token."""

    schema = CellarSchema()
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FiniteJSONParser,)
    serializer_class = SignInSerializer

    def get_authenticate_header(self, request: Request) -> str:
        """Without this header, DRF would respond 403 to wrong credentials."""
        return 'Basic realm="Cellar"'

    @extend_schema(request=SignInSerializer, responses=TokenSerializer, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Sign in with username and password, as JSON or in a Basic header, and get a token."""
        refuse_unknown(request, ())
        if credentials := LoginAuthentication().authenticate(request):
            user = credentials[0]
        else:
            serializer = SignInSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            user = sign_in(request, **serializer.validated_data)
        instance, token = AuthToken.objects.create(user=user)
        return Response({"token": token, "expiry": instance.expiry, "user": user.get_username()})


class LogoutView(APIView):
    """Revokes a token."""

    schema = CellarSchema()
    permission_classes = (IsAuthenticated,)
    parser_classes = (FiniteJSONParser,)

    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        """Revoke the token of this request."""
        refuse_fields(request)
        if not isinstance(request.auth, AuthToken):
            raise serializers.ValidationError(
                ["You are signed in with a session, not a token: sign out on the website."]
            )
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAllView(APIView):
    """Revokes all tokens of a user."""

    schema = CellarSchema()
    permission_classes = (IsAuthenticated,)
    parser_classes = (FiniteJSONParser,)

    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout_all")
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Revoke all your tokens."""
        refuse_fields(request)
        AuthToken.objects.filter(user=actor(request)).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
