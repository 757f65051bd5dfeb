"""All addresses of clues under `/api/v1/`."""

from tenants.clues.api.answers import urlpatterns as answers
from tenants.clues.api.competence import urlpatterns as competence
from tenants.clues.api.intake import urlpatterns as intake
from tenants.clues.api.ledger import urlpatterns as ledger
from tenants.clues.api.work import urlpatterns as work

urlpatterns = [*ledger, *intake, *answers, *work, *competence]
