"""One pass: observe, validate, render, plan, apply, status; and the way down."""
