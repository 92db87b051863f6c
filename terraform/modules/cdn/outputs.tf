output "domain_name" {
  description = "CloudFront's own name of the distribution."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "distribution_id" {
  description = "Id of the distribution, for invalidations."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.this.arn
}

output "public_url" {
  description = "Where people open the dashboard: the setting PUBLIC_URL."
  value       = "https://${var.domain_name == null ? aws_cloudfront_distribution.this.domain_name : var.domain_name}"
}
