"""What a caller is told when one of this app's constraints refuses a write."""

from credentials_portal.problems import CONSTRAINT_PROBLEMS, Conflict

CONSTRAINT_PROBLEMS.update(
    {
        "users_user_username_once": Conflict("This username is taken."),
        "users_user_username_key": Conflict("This username is taken."),
        "users_user_email_once": Conflict("This email address is taken."),
    }
)
