"""Freezes the accounts that fraud alerts are about: by a policy, once per alert, with an audit."""
