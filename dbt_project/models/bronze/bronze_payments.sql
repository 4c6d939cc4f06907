{{ readable_rows('payments') }}
