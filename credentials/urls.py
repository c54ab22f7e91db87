"""One line a family, and what joins them."""

from credentials.certifications.urls import urlpatterns as certifications
from credentials.diplomas.urls import urlpatterns as diplomas
from credentials.history.urls import urlpatterns as history
from credentials.micro_credentials.urls import urlpatterns as micro_credentials
from credentials.organization_credentials.urls import urlpatterns as organization_credentials
from credentials.program_credentials.urls import urlpatterns as program_credentials
from credentials.wallet.urls import urlpatterns as wallet

urlpatterns = [
    *micro_credentials,
    *program_credentials,
    *organization_credentials,
    *certifications,
    *diplomas,
    *wallet,
    *history,
]
