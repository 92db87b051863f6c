output "chart_values" {
  description = "Values of the chart helm/deploy-dashboard."
  value       = module.dashboard.chart_values
}

output "public_url" {
  description = "Where people open the dashboard."
  value       = module.dashboard.public_url
}

output "api_url" {
  description = "Where API Gateway answers."
  value       = module.dashboard.api_url
}

output "name_servers" {
  description = "Name servers the domain's registrar has to name."
  value       = aws_route53_zone.this.name_servers
}
