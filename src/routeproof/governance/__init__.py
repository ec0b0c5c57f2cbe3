"""Pure deciders: state and command give events, events give the state; closed things are superseded, not reopened."""
