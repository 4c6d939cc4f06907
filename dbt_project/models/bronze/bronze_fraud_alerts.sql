select * from {{ bronze_table('fraud_alerts') }}
