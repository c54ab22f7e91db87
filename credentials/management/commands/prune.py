from tenants import idempotency
from tenants.management.base import Answer, OperatorCommand
from users import expiry


class Command(OperatorCommand):
    help = "Delete what has expired: run it once a day."
    example = "python manage.py prune --json"

    def answer(self, options: Answer) -> Answer:
        return {
            "idempotency_keys": idempotency.delete_expired(),
            "sign_ins": expiry.delete_sign_ins(),
            "refresh_tokens": expiry.delete_refresh_tokens(),
            "admin_sessions": expiry.delete_admin_sessions(),
            "failed_sign_ins": expiry.delete_failed_sign_ins(),
        }

    def describe(self, answer: Answer) -> str:
        counts = (f"{count} {name.replace('_', ' ')}" for name, count in answer.items())
        return f"Deleted {', '.join(counts)}."
