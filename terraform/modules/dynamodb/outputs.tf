output "table_names" {
  description = "Names of the tables: attempts, test_runs, promotions, read_model, catalog, events, scorecards."
  value       = { for part, table in aws_dynamodb_table.this : part => table.name }
}

output "table_arns" {
  description = "ARNs of the tables, by the same parts."
  value       = { for part, table in aws_dynamodb_table.this : part => table.arn }
}

output "index_names" {
  description = "Names of the tables' indexes, by the same parts."
  value       = { for part, table in local.tables : part => keys(table.indexes) }
}

output "settings" {
  description = "The application's variables that name the tables."
  value       = { for part, table in aws_dynamodb_table.this : "DYNAMODB_TABLE_${upper(part)}" => table.name }
}
