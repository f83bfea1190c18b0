"""Acting on a verdict: planned purely, performed once, recorded, undoable."""

from glassdome.act.perform import Performer
from glassdome.act.plan import plan, plan_feedback
from glassdome.act.undo import Undoer, Undone

__all__ = ["Performer", "Undoer", "Undone", "plan", "plan_feedback"]
