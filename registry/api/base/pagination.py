"""Pagination of lists."""

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from registry.api.base.messages import PAGE
from registry.selectors.query.errors import QueryError


class StrictPageNumberPagination(PageNumberPagination):
    """`?page=2&page_size=50`, with at most 1000 items per page."""

    page_size_query_param = "page_size"
    max_page_size = 1000
    invalid_page_message = PAGE

    def get_page_size(self, request: Request) -> int | None:
        """Raise QueryError for an invalid page size, which DRF would ignore."""
        value = request.query_params.get("page_size")
        if value is None:
            return self.page_size
        if not (value.isascii() and value.isdecimal() and len(value) < 10 and 1 <= int(value) <= self.max_page_size):
            raise QueryError(
                "page_size", f"page_size must be from 1 to {self.max_page_size}, not ‘{value}’.", "invalid-value"
            )
        return int(value)
