output "api_id" {
  description = "Id of the REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "api_name" {
  description = "Name of the REST API: the dimension ApiName of its metrics."
  value       = aws_api_gateway_rest_api.this.name
}

output "stage_name" {
  description = "Its stage: the dimension Stage of its metrics."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage."
  value       = aws_api_gateway_stage.this.arn
}

output "origin_domain_name" {
  description = "The host CloudFront asks: domain_name where there is one, else the API's own."
  value       = var.domain_name == null ? split("/", aws_api_gateway_stage.this.invoke_url)[2] : var.domain_name
}

output "origin_path" {
  description = "What CloudFront puts before each path: the stage, or nothing where domain_name leads to it."
  value       = var.domain_name == null ? "/${aws_api_gateway_stage.this.stage_name}" : ""
}

output "invoke_url" {
  description = "Where the API answers without CloudFront."
  value       = var.domain_name == null ? aws_api_gateway_stage.this.invoke_url : "https://${var.domain_name}"
}

output "api_key_ids" {
  description = "Ids of the API keys by name: `aws apigateway get-api-key --include-value --api-key <id>` shows the value to who may see it."
  value       = { for name, key in aws_api_gateway_api_key.this : name => key.id }
}

output "nlb_arn" {
  description = "ARN of the load balancer."
  value       = local.nlb_arn
}

output "nlb_dns_name" {
  description = "DNS name of the load balancer."
  value       = local.nlb_dns_name
}

output "nlb_security_group_id" {
  description = "Security group of the load balancer made here; null otherwise."
  value       = one(aws_security_group.nlb[*].id)
}

output "target_group_arn" {
  description = "The target group the chart's TargetGroupBinding fills; null where the load balancer is not made here."
  value       = one(aws_lb_target_group.this[*].arn)
}
