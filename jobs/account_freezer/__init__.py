"""Freezes the accounts that fraud alerts accuse: by a policy, once per alert, with an audit."""
