"""Signing in with a header: a token, or an answer that says what is wrong with what was sent."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

HEADER = "HTTP_AUTHORIZATION"


class StrictTokenAuthentication(TokenAuthentication):
    """Takes `Authorization: Token …`. Any other header is a 401: whoever sends one is never taken for a visitor."""

    def authenticate(self, request: Request) -> Any:
        if HEADER not in request.META:
            return None
        words = str(request.META[HEADER]).split()
        if not words or words[0].lower() != "token":
            raise AuthenticationFailed(
                "The Authorization header is ‘Token’, a space and the token: send it so, or not."
            )
        if len(words) != 2 or not (words[1].isascii() and words[1].isprintable()):
            raise AuthenticationFailed(
                "The Authorization header has no token, or a malformed one: sign in for another."
            )
        return super().authenticate(request)


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "registry.api.base.authentication.StrictTokenAuthentication"
