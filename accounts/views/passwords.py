"""A first password, for members who joined with a passkey."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordSetView
from django.contrib.auth.decorators import login_required

# It opens the account for good, as a changed one does. allauth asks for nothing here, and for the
# old password there.
set_password = login_required(reauthentication_required(PasswordSetView.as_view()))
