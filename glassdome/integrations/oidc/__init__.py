"""Speaks OpenID Connect (and OAuth 2.0 with a profile) to one identity provider."""

from glassdome.integrations.oidc.provider import OidcProvider

__all__ = ["OidcProvider"]
