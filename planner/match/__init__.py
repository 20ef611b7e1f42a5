"""Exchanges and substitutions that a case does not declare, proposed from its plants alone."""
