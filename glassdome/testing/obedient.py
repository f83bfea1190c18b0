"""The model and the engine that obey the mail, for tests of whatever stands behind them."""

from glassdome.evaluation.obedient import ATTACKER, ATTACKER_URL, INVENTED, ObedientEngine, ObedientModel

__all__ = ["ATTACKER", "ATTACKER_URL", "INVENTED", "ObedientEngine", "ObedientModel"]
