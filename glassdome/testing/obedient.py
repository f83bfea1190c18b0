"""The engine that obeys the mail, for tests of whatever stands behind an engine."""

from glassdome.evaluation.obedient import ATTACKER, ATTACKER_URL, INVENTED, ObedientEngine

__all__ = ["ATTACKER", "ATTACKER_URL", "INVENTED", "ObedientEngine"]
