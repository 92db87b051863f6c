output "bucket_name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "glue_database_name" {
  description = "Glue database of the archive's table."
  value       = aws_glue_catalog_database.this.name
}

output "glue_table_name" {
  description = "The archive as a table, one row a delivery."
  value       = aws_glue_catalog_table.events.name
}

output "athena_workgroup_name" {
  description = "Where to ask it."
  value       = aws_athena_workgroup.this.name
}

output "settings" {
  description = "The application's variable that names the bucket."
  value       = { ARCHIVE_BUCKET = aws_s3_bucket.this.bucket }
}
