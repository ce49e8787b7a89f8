"""A client of the lifecycle of a managed node."""

from lifecycle_msgs.msg import Transition, TransitionEvent
from lifecycle_msgs.srv import ChangeState, GetAvailableStates, GetAvailableTransitions, GetState

from .service import Service

# The services, without the node's name, and their types.
SERVICES = {
    'change_state': ChangeState,
    'get_state': GetState,
    'get_available_states': GetAvailableStates,
    'get_available_transitions': GetAvailableTransitions,
    'get_transition_graph': GetAvailableTransitions,
}


class Lifecycle:
    """Calls the services that `ros2 lifecycle` and nav2's lifecycle manager call."""

    def __init__(self, listener, node, process=None):
        """Connect to the services of the node of this full name."""
        self._events = listener.subscribe(TransitionEvent, f'{node}/transition_event')
        self._services = {name: Service(listener, kind, f'{node}/{name}', process)
                          for name, kind in SERVICES.items()}
        self._process = process

    def start(self, transition):
        """Request a transition by its number or label; return a function that waits for it."""
        by = 'label' if isinstance(transition, str) else 'id'
        answer = self._services['change_state'].start(
            transition=Transition(**{by: transition}))
        return lambda: answer().success

    def change(self, transition):
        """Return whether a transition succeeded, by its number or label."""
        return self.start(transition)()

    def state(self):
        """Return the label of the present state."""
        return self._services['get_state'].call().current_state.label

    def answers(self):
        """Return the answers to the four questions."""
        return [service.call() for name, service in self._services.items()
                if name != 'change_state']

    def passed(self, count):
        """Wait for a number of transitions, and return the states behind them by label."""
        events = self._events.wait(count, self._process)
        return [event.goal_state.label for event in events]
